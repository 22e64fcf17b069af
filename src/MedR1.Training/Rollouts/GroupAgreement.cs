using MedR1.Losses;

namespace MedR1.Training;

/// <summary>Whether the completions of a group have equal rewards, so that nothing can be learnt from it.</summary>
internal static class GroupAgreement
{
    /// <summary>Whether at least two scored completions differ by more than rounding, as measured for advantages.</summary>
    /// <param name="group">A scored group.</param>
    /// <param name="reward">The index of the reward to compare; null for the total.</param>
    public static bool Disagrees(CompletionGroup group, int? reward) => RewardStatistics.Of(group.Scores!
        .Where(score => score.Total is not null)
        .Select(score => reward is int index ? score.ByReward[index] : score.Total)).StandardDeviation > 0;
}
