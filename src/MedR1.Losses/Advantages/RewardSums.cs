namespace MedR1.Losses;

/// <summary>Weighted sums of the rewards that apply.</summary>
internal static class RewardSums
{
    /// <summary>The given weights, or 1 for each reward.</summary>
    public static double[] WeightsOf(IReadOnlyList<IReadOnlyList<double?>> rewards, IReadOnlyList<double>? weights) =>
        weights?.ToArray() ?? [.. Enumerable.Repeat(1.0, rewards.Count == 0 ? 0 : rewards[0].Count)];

    /// <summary>The sum of each row; null if no reward applies to it.</summary>
    public static double?[] Of(IReadOnlyList<IReadOnlyList<double?>> rewards, IReadOnlyList<double> weights) =>
        [.. rewards.Select(row => Of(row, weights))];

    /// <summary>The sum of a row; null if no reward applies to it.</summary>
    public static double? Of(IReadOnlyList<double?> row, IReadOnlyList<double> weights)
    {
        double sum = 0;
        bool any = false;
        for (int i = 0; i < weights.Count; i++)
        {
            if (row[i] is double value)
            {
                sum += weights[i] * value;
                any = true;
            }
        }

        return any ? sum : null;
    }
}
