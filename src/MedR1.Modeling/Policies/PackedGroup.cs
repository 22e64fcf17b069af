namespace MedR1.Modeling;

/// <summary>A prompt with completions behind it, for the trainer's forward pass: the prompt is computed once.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Completions">The tokens of each completion, the end token included; each at least one token.</param>
public sealed record PackedGroup(EncodedPrompt Prompt, IReadOnlyList<IReadOnlyList<int>> Completions);
