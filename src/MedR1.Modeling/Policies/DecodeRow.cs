namespace MedR1.Modeling;

/// <summary>One completion of a decoding step.</summary>
/// <param name="PromptSlot">The cache slot of its prompt.</param>
/// <param name="RowSlot">The cache slot of its own tokens.</param>
/// <param name="Length">Its own tokens in the cache so far; the step's token is written after them.</param>
public readonly record struct DecodeRow(int PromptSlot, int RowSlot, int Length);
