namespace MedR1;

/// <summary>How completions are drawn. The defaults draw from the model's own distribution, once a prompt.</summary>
public sealed record SamplingOptions
{
    /// <summary>Completions for each prompt.</summary>
    /// <value>The default is 1.</value>
    public int SamplesPerPrompt { get; init; } = 1;

    /// <summary>The most tokens that a completion may have.</summary>
    /// <value>The default is 256.</value>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>The fewest tokens before an end token may be said.</summary>
    /// <value>The default is 0.</value>
    public int MinNewTokens { get; init; }

    /// <summary>Divides the logits; 0 takes the likeliest token each time.</summary>
    /// <value>The default is 1.</value>
    public double Temperature { get; init; } = 1.0;

    /// <summary>Only the k likeliest tokens, ties included; <see langword="null"/> for all.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public int? TopK { get; init; }

    /// <summary>Only the likeliest tokens that together reach this probability; 1 for all.</summary>
    /// <value>The default is 1.</value>
    public double TopP { get; init; } = 1.0;

    /// <summary>Only tokens at least this share as likely as the likeliest; <see langword="null"/> for all.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public double? MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens seen before, prompt included; 1 for none.</summary>
    /// <value>The default is 1.</value>
    public double RepetitionPenalty { get; init; } = 1.0;

    /// <summary>Tokens never said, beside the model's vision tokens, which are never said at all.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<int> SuppressedTokenIds { get; init; } = [];

    /// <summary>Tokens that end a completion; <see langword="null"/> for the model's own.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public IReadOnlyList<int>? EndTokenIds { get; init; }

    /// <summary>Texts that end a completion when they appear; they stay in it.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Where all random choices start, for prompts without a seed of their own.</summary>
    /// <value>The default is 0.</value>
    public long Seed { get; init; }
}
