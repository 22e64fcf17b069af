namespace MedR1.Losses;

/// <summary>Mean and standard deviation of the values that are present.</summary>
/// <param name="Count">The number of values.</param>
/// <param name="Mean">Their mean, exact for equal values; NaN if there are none.</param>
/// <param name="StandardDeviation">Their standard deviation, exactly 0 for equal values; NaN if there are too few values.</param>
public readonly record struct RewardStatistics(int Count, double Mean, double StandardDeviation)
{
    // The same rewards added in a different order differ by a few units in the last place, which must not count as spread.
    private const double RoundingFraction = 1e-13;

    /// <summary>Whether the values have no spread: they are equal, within rounding.</summary>
    public bool IsConstant => StandardDeviation == 0;

    /// <summary>Measures values; null is ignored.</summary>
    /// <param name="values">The values; those that are not null must be finite.</param>
    /// <param name="population">Whether to divide by n instead of n − 1.</param>
    public static RewardStatistics Of(IEnumerable<double?> values, bool population = false)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] present = [.. values.OfType<double>()];
        int count = present.Length;
        if (count == 0)
        {
            return new RewardStatistics(0, double.NaN, double.NaN);
        }

        double smallest = present.Min();
        double largest = present.Max();
        int divisor = population ? count : count - 1;
        if (largest - smallest <= RoundingFraction * Math.Max(Math.Abs(smallest), Math.Abs(largest)))
        {
            return new RewardStatistics(count, smallest, divisor == 0 ? double.NaN : 0);
        }

        double mean = present.Sum() / count;
        double squares = present.Sum(value => (value - mean) * (value - mean));
        return new RewardStatistics(count, mean, Math.Sqrt(squares / divisor));
    }
}
