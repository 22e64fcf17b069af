namespace MedR1.Training;

/// <summary>Prompts taken one after another.</summary>
/// <param name="Prompts">The prompts.</param>
/// <param name="NextPosition">The position in the data behind them.</param>
/// <param name="Overlong">Prompts on the way that were left out, being too long.</param>
internal sealed record PromptBatch(TakenPrompt[] Prompts, long NextPosition, int Overlong);
