namespace MedR1;

/// <summary>
/// One answer of the model to a prompt. Completions are compared by value, including all tokens and log-probabilities.
/// </summary>
public sealed record Completion
{
    /// <summary>The text, without control tokens.</summary>
    public required string Text { get; init; }

    /// <summary>The tokens, including the end token if there is one.</summary>
    public required IReadOnlyList<int> TokenIds { get; init; }

    /// <summary>Why the completion ended.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>
    /// Natural-log probability of each token under <c>softmax(logits / temperature)</c>, excluding suppressed tokens but otherwise
    /// untruncated: the distribution that the trainer differentiates. Empty if the sampler doesn't provide them.
    /// </summary>
    public IReadOnlyList<float> LogProbabilities { get; init; } = [];

    /// <summary>
    /// Natural-log probability of each token under the distribution that it was sampled from, after top-k, top-p, min-p and
    /// penalties. Empty if the sampler doesn't provide them.
    /// </summary>
    public IReadOnlyList<float> ProcessedLogProbabilities { get; init; } = [];

    /// <summary>The index of this sample in its group, from 0.</summary>
    public int SampleIndex { get; init; }

    /// <summary>Number of tokens, including the end token.</summary>
    public int TokenCount => TokenIds.Count;

    /// <summary>Whether the completion was truncated.</summary>
    public bool IsTruncated => StopReason is StopReason.Length or StopReason.ContextFull or StopReason.Cancelled;

    /// <inheritdoc/>
    public bool Equals(Completion? other) => other is not null && Text == other.Text && StopReason == other.StopReason
        && SampleIndex == other.SampleIndex && TokenIds.SequenceEqual(other.TokenIds)
        && LogProbabilities.SequenceEqual(other.LogProbabilities)
        && ProcessedLogProbabilities.SequenceEqual(other.ProcessedLogProbabilities);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Text, StopReason, SampleIndex, TokenIds.Count);

    /// <summary>The text unchanged, followed by the number of tokens and the stop reason.</summary>
    public override string ToString() => $"{Text} ({TokenCount} tokens, {StopReason})";
}
