namespace MedR1.Sampling;

/// <summary>The numbers of slots in a cache, and their capacities.</summary>
/// <param name="PromptSlots">The number of concurrent prompts.</param>
/// <param name="RowSlots">The number of concurrent completions.</param>
/// <param name="PromptCapacity">The tokens of the longest prompt.</param>
/// <param name="CompletionCapacity">The tokens of the longest completion.</param>
internal sealed record CacheShape(int PromptSlots, int RowSlots, int PromptCapacity, int CompletionCapacity);
