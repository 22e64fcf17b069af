namespace MedR1.Training;

/// <summary>Groups with their scores, and the failures during scoring.</summary>
/// <param name="Groups">The groups in order, each with <see cref="CompletionGroup.Scores"/>.</param>
/// <param name="Failures">The failures, one for each call without a usable score.</param>
public sealed record ScoredGroups(IReadOnlyList<CompletionGroup> Groups, IReadOnlyList<RewardFailure> Failures)
{
    /// <summary>
    /// For each group, the number of completions on which a reward failed; completions to which no reward applies have no total either.
    /// </summary>
    internal IReadOnlyList<int> FailedCompletions { get; init; } = [];
}
