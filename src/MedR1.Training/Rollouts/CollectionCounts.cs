namespace MedR1.Training;

/// <summary>The statistics of collecting a rollout.</summary>
/// <param name="NextPosition">The position in the data after the rollout's prompts.</param>
internal sealed record CollectionCounts(long NextPosition)
{
    /// <summary>The number of times the sampler was called: once, and again to replace groups whose rewards agreed.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Groups that were sampled and dropped because their completions had equal rewards.</summary>
    public int DroppedGroups { get; init; }

    /// <summary>Prompts that were skipped because they are too long.</summary>
    public int OverlongPrompts { get; init; }
}
