namespace MedR1.Training;

/// <summary>Groups with their scores, and what went wrong during scoring.</summary>
/// <param name="Groups">The groups in order, each with <see cref="CompletionGroup.Scores"/>.</param>
/// <param name="Failures">The failures, one for each call that gave no usable score.</param>
public sealed record ScoredGroups(IReadOnlyList<CompletionGroup> Groups, IReadOnlyList<RewardFailure> Failures)
{
    /// <summary>
    /// For each group, the number of completions on which a reward failed; those to which no reward applies have no total either.
    /// </summary>
    internal IReadOnlyList<int> FailedCompletions { get; init; } = [];
}
