namespace MedR1;

/// <summary>How completions are sampled. The defaults sample one completion per prompt from the model's own distribution.</summary>
public sealed record SamplingOptions
{
    /// <summary>Number of completions per prompt.</summary>
    /// <value>The default is 1.</value>
    public int SamplesPerPrompt { get; init; } = 1;

    /// <summary>The maximum number of tokens in a completion.</summary>
    /// <value>The default is 256.</value>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>The minimum number of tokens before an end token may be sampled.</summary>
    /// <value>The default is 0.</value>
    public int MinNewTokens { get; init; }

    /// <summary>Divides the logits; 0 always takes the most likely token (greedy decoding).</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Samples only from the k most likely tokens, including ties; <see langword="null"/> for all.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? TopK { get; init; }

    /// <summary>Samples only from the most likely tokens that together reach this probability; 1 for all.</summary>
    /// <value>The default is 1.</value>
    public double TopP { get; init; } = 1.0;

    /// <summary>
    /// Samples only from tokens whose probability is at least this fraction of that of the most likely token;
    /// <see langword="null"/> for all.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? MinP { get; init; }

    /// <summary>
    /// Divides the positive and multiplies the negative logits of tokens that already occurred, including in the prompt; 1 for no
    /// penalty.
    /// </summary>
    /// <value>The default is 1.</value>
    public double RepetitionPenalty { get; init; } = 1.0;

    /// <summary>Tokens that are never sampled, in addition to the model's vision tokens.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; init; } = [];

    /// <summary>Tokens that end a completion; <see langword="null"/> for the model's own end tokens.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IReadOnlyList<int>? EndTokenIds { get; init; }

    /// <summary>Texts that end a completion when they appear; they remain part of its text.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>The seed of all random choices, for prompts that have no seed.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }
}
