namespace MedR1.Training;

/// <summary>Consecutive prompts of the data.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="NextPosition">The position in the data after them.</param>
/// <param name="Overlong">The number of prompts that were skipped because they are too long.</param>
internal sealed record PromptBatch(TakenPrompt[] Prompts, long NextPosition, int Overlong);
