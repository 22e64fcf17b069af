namespace MedR1.Losses;

/// <summary>One measurement, with its weight and the way it combines with others.</summary>
/// <param name="Sum">The sum over the counted tokens, rows or groups; for a minimum or maximum, the extreme itself.</param>
/// <param name="Weight">The number of counted items, the denominator of a mean; 0 if there was nothing to measure.</param>
/// <param name="Kind">How it combines with others.</param>
public readonly record struct LossMetric(double Sum, double Weight, LossMetricKind Kind = LossMetricKind.Mean)
{
    /// <summary>The value to show; NaN if there was nothing to measure.</summary>
    public double Value => Weight == 0 ? double.NaN : Kind == LossMetricKind.Mean ? Sum / Weight : Sum;

    /// <summary>Combines two measurements into one over the items of both.</summary>
    /// <param name="other">The other measurement.</param>
    /// <exception cref="ArgumentException">The kinds differ.</exception>
    public LossMetric CombineWith(LossMetric other)
    {
        if (Kind != other.Kind)
        {
            throw new ArgumentException(
                $"A {Kind} and a {other.Kind} can't be combined: use one kind per name.", nameof(other));
        }

        if (Weight == 0)
        {
            return other;
        }

        if (other.Weight == 0)
        {
            return this;
        }

        double sum = Kind switch
        {
            LossMetricKind.Minimum => Math.Min(Sum, other.Sum),
            LossMetricKind.Maximum => Math.Max(Sum, other.Sum),
            _ => Sum + other.Sum,
        };
        return new LossMetric(sum, Weight + other.Weight, Kind);
    }
}
