namespace MedR1.Losses;

/// <summary>
/// The scored completions that advantages are computed from, one row each, in the order of a rollout. Rows of a group need not be adjacent.
/// Immutable, and checked when it is created.
/// </summary>
public sealed class AdvantageInputs
{
    /// <summary>Creates the inputs.</summary>
    /// <param name="rewards">Rows × rewards; null where a reward does not apply to the row.</param>
    /// <param name="weights">The weight of each reward; null for 1 each.</param>
    /// <param name="groupIds">The group (prompt) of each row.</param>
    /// <param name="tokenCounts">The number of tokens of each row's completion, the end token included.</param>
    /// <exception cref="ArgumentException">The numbers of rows or rewards differ, or a value is not finite or negative.</exception>
    public AdvantageInputs(
        IReadOnlyList<IReadOnlyList<double?>> rewards,
        IReadOnlyList<double>? weights,
        IReadOnlyList<long> groupIds,
        IReadOnlyList<int> tokenCounts)
    {
        ArgumentNullException.ThrowIfNull(tokenCounts);
        AdvantageGuards.Check(rewards, weights, groupIds);
        AdvantageGuards.CheckTokenCounts(tokenCounts, rewards.Count);
        Rewards = [.. rewards.Select(row => (IReadOnlyList<double?>)[.. row])];
        Weights = RewardSums.WeightsOf(rewards, weights);
        GroupIds = [.. groupIds];
        TokenCounts = [.. tokenCounts];
        Totals = RewardSums.Of(rewards, Weights);
        Groups = [.. Enumerable.Range(0, rewards.Count)
            .Where(row => Totals[row] is not null)
            .GroupBy(row => groupIds[row], (id, rows) => GroupOf(id, [.. rows]))];
    }

    /// <summary>The number of completions.</summary>
    public int Count => Rewards.Count;

    /// <summary>
    /// Each row's rewards in their order, before their weights; null where a reward does not apply. In a trainer all rewards of a row are
    /// null if one of them failed.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<double?>> Rewards { get; }

    /// <summary>The weight of each reward.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>The group (prompt) of each row.</summary>
    public IReadOnlyList<long> GroupIds { get; }

    /// <summary>The number of tokens of each row's completion, the end token included.</summary>
    public IReadOnlyList<int> TokenCounts { get; }

    /// <summary>The weighted sum of each row's rewards; null if none applies: such a row must get the advantage 0.</summary>
    public IReadOnlyList<double?> Totals { get; }

    /// <summary>The groups in the order of their first scored row; a group without a scored row is left out.</summary>
    public IReadOnlyList<AdvantageGroup> Groups { get; }

    /// <summary>
    /// Adds the statistics of the rewards that are reported as metrics. The advantages are not checked here, but by
    /// <see cref="AdvantageEstimatorExtensions.ComputeChecked"/> and so by the trainers.
    /// </summary>
    /// <param name="advantages">One for each row.</param>
    public AdvantageResult ToResult(IReadOnlyList<double> advantages)
    {
        ArgumentNullException.ThrowIfNull(advantages);
        Dictionary<long, RewardStatistics> groups = GroupStatistics.Of(Totals, GroupIds, population: false);
        return new AdvantageResult(
            advantages, Totals, groups, RewardStatistics.Of(Totals), GroupStatistics.ByReward(Rewards, Weights.Count, population: false),
            GroupStatistics.ConstantFraction(GroupIds, groups));
    }

    private AdvantageGroup GroupOf(long id, int[] rows) => new(
        id, rows, [.. rows.Select(row => Totals[row]!.Value)], [.. rows.Select(row => TokenCounts[row])]);
}
