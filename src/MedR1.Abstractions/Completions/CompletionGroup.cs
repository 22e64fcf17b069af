namespace MedR1;

/// <summary>A prompt with the completions sampled for it. A group never leaves its prompt.</summary>
/// <param name="Prompt">The prompt, which carries its example.</param>
/// <param name="Completions">The samples in the order of their <see cref="Completion.SampleIndex"/>.</param>
public sealed record CompletionGroup(VqaPrompt Prompt, IReadOnlyList<Completion> Completions)
{
    /// <summary>The place of the prompt in the call that sampled it.</summary>
    public int PromptIndex { get; init; }

    /// <summary>Number of tokens of the prompt, image tokens included; 0 if the sampler doesn't know.</summary>
    public int PromptTokenCount { get; init; }

    /// <summary>The scores, one for each completion; <see langword="null"/> until they are scored.</summary>
    public IReadOnlyList<CompletionScore>? Scores { get; init; }
}
