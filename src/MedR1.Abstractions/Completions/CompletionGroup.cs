namespace MedR1;

/// <summary>A prompt with the completions sampled for it.</summary>
/// <param name="Prompt">The prompt, which carries its example.</param>
/// <param name="Completions">The samples in the order of their <see cref="Completion.SampleIndex"/>.</param>
public sealed record CompletionGroup(VqaPrompt Prompt, IReadOnlyList<Completion> Completions)
{
    /// <summary>The index of the prompt in the call that sampled it.</summary>
    public int PromptIndex { get; init; }

    /// <summary>
    /// Number of tokens in the prompt, including image tokens; 0 if the sampler doesn't know it. A trainer rejects a group whose
    /// number differs from that of its own tokenization of the prompt.
    /// </summary>
    public int PromptTokenCount { get; init; }

    /// <summary>
    /// The tokens of the prompt as the sampler's model read it, with one token per image token; empty if the sampler doesn't know
    /// them. A trainer rejects a group whose tokens differ from its own tokenization of the prompt, and names the first difference.
    /// </summary>
    public IReadOnlyList<int> PromptTokenIds { get; init; } = [];

    /// <summary>The scores, one per completion; <see langword="null"/> until the completions are scored.</summary>
    public IReadOnlyList<CompletionScore>? Scores { get; init; }
}
