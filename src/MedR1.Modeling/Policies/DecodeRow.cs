namespace MedR1.Modeling;

/// <summary>One completion of a decoding step.</summary>
/// <param name="PromptSlot">Where the cache holds its prompt.</param>
/// <param name="RowSlot">Where the cache holds its own tokens.</param>
/// <param name="Length">Its own tokens in the cache so far; the step's token is written behind them.</param>
public readonly record struct DecodeRow(int PromptSlot, int RowSlot, int Length);
