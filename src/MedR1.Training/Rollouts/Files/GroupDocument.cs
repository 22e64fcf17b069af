namespace MedR1.Training;

/// <summary>A group in a file.</summary>
internal sealed record GroupDocument
{
    /// <summary>The prompt's index in the data.</summary>
    public required int Prompt { get; init; }

    /// <summary>The example's id, by which a reader verifies that the data is unchanged.</summary>
    public string? Example { get; init; }

    public long? Seed { get; init; }

    /// <summary>The earlier rollout that the completions were replayed from; null for this rollout's own.</summary>
    public long? ReplayedFrom { get; init; }

    public required IReadOnlyList<CompletionDocument> Completions { get; init; }
}
