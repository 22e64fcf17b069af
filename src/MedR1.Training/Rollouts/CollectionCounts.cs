namespace MedR1.Training;

/// <summary>What it took to collect a rollout.</summary>
/// <param name="NextPosition">The position in the data behind its prompts.</param>
internal sealed record CollectionCounts(long NextPosition)
{
    /// <summary>How often the sampler was asked: once, and again for groups that did not disagree.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Groups that were sampled and dropped, since their completions were all worth the same.</summary>
    public int DroppedGroups { get; init; }

    /// <summary>Prompts that were left out, being too long.</summary>
    public int OverlongPrompts { get; init; }
}
