namespace MedR1.Training;

/// <summary>A group in a file.</summary>
internal sealed record GroupDocument
{
    /// <summary>The prompt's place in the data.</summary>
    public required int Prompt { get; init; }

    /// <summary>The example's id, by which a reader recognizes that the data is still the same.</summary>
    public string? Example { get; init; }

    public long? Seed { get; init; }

    /// <summary>The rollout that the completions come from; null for those of this rollout.</summary>
    public long? ReplayedFrom { get; init; }

    public required IReadOnlyList<CompletionDocument> Completions { get; init; }
}
