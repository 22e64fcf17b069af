namespace MedR1.Training;

/// <summary>What it took to collect a rollout.</summary>
/// <param name="NextPosition">The position in the data after its prompts.</param>
internal sealed record CollectionCounts(long NextPosition)
{
    /// <summary>How many times the sampler was called: once, and again to replace groups that did not disagree.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Groups that were sampled and dropped because their completions were all worth the same.</summary>
    public int DroppedGroups { get; init; }

    /// <summary>Prompts that were skipped because they are too long.</summary>
    public int OverlongPrompts { get; init; }
}
