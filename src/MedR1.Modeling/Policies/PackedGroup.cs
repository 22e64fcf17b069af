namespace MedR1.Modeling;

/// <summary>A prompt with its completions, for the trainer's forward pass, which computes the prompt once.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Completions">
/// The tokens of each completion, at least one token each, including the end token if there is one: a completion that reached its limit has
/// none. Every token is scored, and the last is not run, because nothing is predicted from it.
/// </param>
public sealed record PackedGroup(EncodedPrompt Prompt, IReadOnlyList<IReadOnlyList<int>> Completions);
