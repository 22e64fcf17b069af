namespace MedR1.Training;

/// <summary>A scored group with the prompt that it answers.</summary>
/// <param name="Taken">The prompt.</param>
/// <param name="Group">The completions and their scores.</param>
internal sealed record RolloutGroup(TakenPrompt Taken, CompletionGroup Group)
{
    /// <summary>
    /// The number of completions on which a reward failed; other completions without a total are those to which no reward applies.
    /// </summary>
    public int FailedCompletions { get; init; }

    /// <summary>The earlier rollout that the completions were replayed from; null for this rollout's own.</summary>
    public long? ReplayedFrom { get; init; }

    /// <summary>For a replayed group: its log-probabilities under the policy that sampled it.</summary>
    public IReadOnlyList<float[]>? OldLogProbabilities { get; init; }
}
