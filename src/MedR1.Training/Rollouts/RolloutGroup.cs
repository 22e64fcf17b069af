namespace MedR1.Training;

/// <summary>A scored group with the prompt that it answers.</summary>
/// <param name="Taken">The prompt.</param>
/// <param name="Group">The completions and their scores.</param>
internal sealed record RolloutGroup(TakenPrompt Taken, CompletionGroup Group)
{
    /// <summary>Completions on which a reward failed; to the others without a total, no reward applies.</summary>
    public int FailedCompletions { get; init; }

    /// <summary>The earlier rollout that the completions come from; null for those of this rollout.</summary>
    public long? ReplayedFrom { get; init; }

    /// <summary>For a replayed group: its log-probabilities under the policy that sampled it.</summary>
    public IReadOnlyList<float[]>? OldLogProbabilities { get; init; }
}
