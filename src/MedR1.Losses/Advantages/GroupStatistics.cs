namespace MedR1.Losses;

/// <summary>Statistics of rewards by group, over a batch, and by reward.</summary>
internal static class GroupStatistics
{
    /// <summary>The statistics of each group by its id.</summary>
    public static Dictionary<long, RewardStatistics> Of(
        IReadOnlyList<double?> values, IReadOnlyList<long> groupIds, bool population) => groupIds
        .Select((id, row) => (Id: id, Value: values[row]))
        .GroupBy(pair => pair.Id, pair => pair.Value)
        .ToDictionary(group => group.Key, group => OfRows([.. group], population));

    /// <summary>The statistics of a group or batch.</summary>
    public static RewardStatistics OfRows(double?[] values, bool population)
    {
        RewardStatistics statistics = RewardStatistics.Of(values, population);

        // A group of one row has no spread by definition; the spread of a single scored row among several is unknown (NaN).
        return values.Length == 1 ? statistics with { StandardDeviation = 0 } : statistics;
    }

    /// <summary>The statistics of each reward over all rows.</summary>
    public static RewardStatistics[] ByReward(IReadOnlyList<IReadOnlyList<double?>> rewards, int count, bool population) =>
        [.. Enumerable.Range(0, count).Select(reward => RewardStatistics.Of(rewards.Select(row => row[reward]), population))];

    /// <summary>The fraction of rows whose group has no spread; NaN (0 / 0) if there is no row.</summary>
    public static double ConstantFraction(IReadOnlyList<long> groupIds, Dictionary<long, RewardStatistics> groups) =>
        groupIds.Count(id => groups[id].IsConstant) / (double)groupIds.Count;
}
