namespace MedR1.Losses.Tests;

/// <summary>Creates inputs of advantage estimators with a single reward.</summary>
internal static class Scored
{
    public static AdvantageInputs Inputs(IReadOnlyList<double?> rewards, long[] groupIds, int[]? tokenCounts = null) => new(
        [.. rewards.Select(reward => (IReadOnlyList<double?>)[reward])], null, groupIds,
        tokenCounts ?? [.. Enumerable.Repeat(1, rewards.Count)]);

    public static double[] Of(
        IAdvantageEstimator estimator, IReadOnlyList<double?> rewards, long[] groupIds, int[]? tokenCounts = null) =>
        [.. estimator.ComputeChecked(Inputs(rewards, groupIds, tokenCounts)).Advantages];

    /// <summary>Groups of 2 to 6 rows, one after another, some of them without a reward.</summary>
    public static AdvantageInputs Random(int seed, bool isBinary = false)
    {
        Random random = new(seed);
        long[] ids = [.. Enumerable.Range(0, 5).SelectMany(group => Enumerable.Repeat((long)group, random.Next(2, 7)))];
        double? Draw() => random.Next(8) == 0 ? null : isBinary ? random.Next(2) : random.NextDouble() * 4 - 2;
        return Inputs([.. ids.Select(_ => Draw())], ids, [.. ids.Select(_ => random.Next(1, 40))]);
    }
}
