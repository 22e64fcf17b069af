namespace MedR1.Sampling;

/// <summary>The slots of a cache and what fits into one.</summary>
/// <param name="PromptSlots">Prompts at once.</param>
/// <param name="RowSlots">Completions at once.</param>
/// <param name="PromptCapacity">Tokens of the longest prompt.</param>
/// <param name="CompletionCapacity">Tokens of the longest completion.</param>
internal sealed record CacheShape(int PromptSlots, int RowSlots, int PromptCapacity, int CompletionCapacity);
