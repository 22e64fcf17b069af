namespace MedR1.Evaluation;

/// <summary>
/// Holm's step-down correction (Scandinavian Journal of Statistics 6, 1979): without a correction, one in twenty comparisons is
/// "significant" by chance alone.
/// </summary>
public static class HolmCorrection
{
    /// <summary>Corrects p values, so that all of them can be compared with the same significance level.</summary>
    /// <param name="pValues">The p values of the tests, 0 to 1.</param>
    /// <returns>The corrected p values, in the same order.</returns>
    public static IReadOnlyList<double> Adjust(IReadOnlyList<double> pValues)
    {
        ArgumentNullException.ThrowIfNull(pValues);
        double[] adjusted = new double[pValues.Count];
        double least = 0;
        int rank = 0;
        foreach (int index in Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i]))
        {
            if (!(pValues[index] is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(
                    nameof(pValues), pValues[index], $"A p-value must be between 0 and 1, but number {index} is "
                    + $"{pValues[index].ToText()}.");
            }

            least = Math.Max(least, Math.Min(1, pValues[index] * (pValues.Count - rank++)));
            adjusted[index] = least;
        }

        return adjusted;
    }
}
