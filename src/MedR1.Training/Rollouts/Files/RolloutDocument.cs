namespace MedR1.Training;

/// <summary>
/// A rollout in a file: everything that the update needs except the prompts, which are read from the data again.
/// </summary>
internal sealed record RolloutDocument
{
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    /// <summary>The number of rollouts that the run made before this one.</summary>
    public required long Index { get; init; }

    /// <summary>The statistics of collecting the rollout.</summary>
    public required CollectionCounts Counts { get; init; }

    /// <summary>The rewards in the order of the scores.</summary>
    public required IReadOnlyList<string> Rewards { get; init; }

    public required IReadOnlyList<GroupDocument> Groups { get; init; }

    public required IReadOnlyList<FailureDocument> Failures { get; init; }
}
