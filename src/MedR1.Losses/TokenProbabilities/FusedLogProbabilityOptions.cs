namespace MedR1.Losses;

/// <summary>How <see cref="FusedLogProbabilities"/> computes. Chunk sizes affect memory and speed, not results.</summary>
public sealed record FusedLogProbabilityOptions
{
    /// <summary>Divides the logits.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Vocabulary entries per chunk.</summary>
    /// <value>The default is 8,192.</value>
    public int ChunkSize { get; init; } = 8192;

    /// <summary>Rows per chunk: <see cref="ChunkSize"/> times this is the maximum number of logits that exist at once.</summary>
    /// <value>The default is 1,024.</value>
    public int RowChunkSize { get; init; } = 1024;

    /// <summary>Tokens that are never generated, such as image placeholders: probability 0, no gradient.</summary>
    /// <value>The default is none.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; init; } = [];

    /// <summary>
    /// Whether <see cref="FusedTokenLogProbabilities"/> also contains the three statistics that carry no gradient.
    /// </summary>
    /// <value>The default is <see langword="false"/>: they are null.</value>
    public bool WithStatistics { get; init; }
}
