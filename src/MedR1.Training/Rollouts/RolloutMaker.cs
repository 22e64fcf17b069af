using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Creates rollouts from scored groups by adding their advantages.</summary>
internal sealed class RolloutMaker(RolloutTrainerParts parts)
{
    /// <summary>Creates a rollout.</summary>
    /// <param name="index">The number of rollouts that the run made before this one.</param>
    /// <param name="groups">The groups.</param>
    /// <param name="failures">Rewards that failed.</param>
    /// <param name="counts">The statistics of collecting the groups.</param>
    /// <param name="advantages">The advantages of all completions in order; null to compute them.</param>
    public Rollout Make(
        long index, IReadOnlyList<RolloutGroup> groups, IReadOnlyList<RewardFailure> failures, CollectionCounts counts,
        double[]? advantages = null)
    {
        AdvantageResult result = AdvantagesOf(groups);
        if (parts.ScoresAreAdvantages)
        {
            result = result with { Advantages = [.. result.Totals.Select(total => total ?? 0)] };
        }

        return new Rollout(
            index, groups, advantages is null ? result : result with { Advantages = advantages }, failures, counts,
            parts.RewardNames, parts.Loss.MasksTruncatedCompletions, parts.ScoresAreAdvantages);
    }

    // A completion has no total if no reward applied to it, or a reward failed on it: it is left out of all statistics.
    private AdvantageResult AdvantagesOf(IReadOnlyList<RolloutGroup> groups)
    {
        double?[] none = new double?[parts.Rewards.Count];
        AdvantageInputs inputs = new(
            [.. groups.SelectMany(group => group.Group.Scores!)
                .Select(score => score.Total is null ? none : score.ByReward)],
            [.. parts.Rewards.Select(reward => reward.Weight)],
            [.. groups.SelectMany((group, index) => group.Group.Completions.Select(_ => (long)index))],
            [.. groups.SelectMany(group => group.Group.Completions).Select(completion => completion.TokenCount)]);
        return UserCode.Call(
            () => parts.Advantages.ComputeChecked(inputs), $"The advantage estimator {parts.Advantages.GetType().Name}");
    }
}
