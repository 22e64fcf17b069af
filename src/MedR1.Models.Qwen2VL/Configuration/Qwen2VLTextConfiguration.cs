namespace MedR1.Models.Qwen2VL;

/// <summary>Sizes of the decoder.</summary>
public sealed record Qwen2VLTextConfiguration
{
    /// <summary>The number of rows of the embedding and of the head.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The width of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The inner width of the feed-forward layers.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>The number of query heads.</summary>
    public required int HeadCount { get; init; }

    /// <summary>The number of key-value heads; divides <see cref="HeadCount"/>.</summary>
    public required int KeyValueHeadCount { get; init; }

    /// <summary>
    /// The numbers of dimension pairs that are rotated by time, height and width; their sum is half of <see cref="HeadSize"/>.
    /// </summary>
    public required IReadOnlyList<int> RotarySections { get; init; }

    /// <summary>The base of the rotary frequencies.</summary>
    /// <value>The default is 1,000,000.</value>
    public double RotaryBase { get; init; } = 1_000_000;

    /// <summary>The ε that norms add to the mean square.</summary>
    /// <value>The default is 1e-6.</value>
    public double NormEpsilon { get; init; } = 1e-6;

    /// <summary>The maximum number of tokens of prompt and completion together.</summary>
    /// <value>The default is 32,768.</value>
    public int ContextLength { get; init; } = 32_768;

    /// <summary>The standard deviation of randomly initialized matrices and embeddings.</summary>
    /// <value>The default is 0.02.</value>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>The beginning-of-text token, if the configuration names one; it is not prepended to texts.</summary>
    public int? BeginTokenId { get; init; }

    /// <summary>The token that ends a turn, if the configuration names one.</summary>
    public int? EndTokenId { get; init; }

    /// <summary>The width of a head.</summary>
    public int HeadSize => HiddenSize / HeadCount;
}
