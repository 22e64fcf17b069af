namespace MedR1.Training;

/// <summary>Groups with their scores, and what went wrong while they were scored.</summary>
/// <param name="Groups">The groups in their order, each with <see cref="CompletionGroup.Scores"/>.</param>
/// <param name="Failures">The failures, one for each call that gave no usable score.</param>
public sealed record ScoredGroups(IReadOnlyList<CompletionGroup> Groups, IReadOnlyList<RewardFailure> Failures)
{
    /// <summary>
    /// For each group the completions that a reward failed on: without a total too are those that no reward applies to.
    /// </summary>
    internal IReadOnlyList<int> FailedCompletions { get; init; } = [];
}
