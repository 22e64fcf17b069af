namespace MedR1.Modeling;

/// <summary>A prompt with its completions, for the trainer's forward pass, which computes the prompt once.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Completions">The tokens of each completion, at least one, including the end token.</param>
public sealed record PackedGroup(EncodedPrompt Prompt, IReadOnlyList<IReadOnlyList<int>> Completions);
