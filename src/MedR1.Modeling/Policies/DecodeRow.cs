namespace MedR1.Modeling;

/// <summary>One completion in a decode step.</summary>
/// <param name="PromptSlot">The cache slot of the prompt.</param>
/// <param name="RowSlot">The cache slot of the completion's tokens; a slot occurs once in a step.</param>
/// <param name="Length">The number of completion tokens already in the cache; the step's token is written after them.</param>
public readonly record struct DecodeRow(int PromptSlot, int RowSlot, int Length);
