namespace MedR1.Training;

/// <summary>Prompts taken one after another.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="NextPosition">The position in the data after them.</param>
/// <param name="Overlong">How many prompts were skipped on the way because they are too long.</param>
internal sealed record PromptBatch(TakenPrompt[] Prompts, long NextPosition, int Overlong);
