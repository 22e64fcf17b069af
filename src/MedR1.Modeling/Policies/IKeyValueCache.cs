namespace MedR1.Modeling;

/// <summary>
/// A KV cache that stores each prompt once in a prompt slot and each completion in a row slot. Slots are reused as prompts and
/// completions finish. A cache serves one rollout at a time and is not thread-safe; its creator disposes it. The policy that created it
/// alone reads and writes it, and knows the number of tokens of each prompt; that of a row is told in each step (<see cref="DecodeRow"/>).
/// </summary>
public interface IKeyValueCache : IDisposable
{
    /// <summary>The number of prompts that the cache can hold at once.</summary>
    int PromptSlots { get; }

    /// <summary>The number of completions that the cache can hold at once.</summary>
    int RowSlots { get; }

    /// <summary>The maximum number of tokens of a prompt.</summary>
    int PromptCapacity { get; }

    /// <summary>The maximum number of tokens of a completion.</summary>
    int CompletionCapacity { get; }

    /// <summary>
    /// The size of the cache's tensors in bytes, whatever they hold: prompt slots × prompt capacity × a + row slots × completion
    /// capacity × b. The sampler measures a and b on small caches to keep within its limit.
    /// </summary>
    long ByteSize { get; }

    /// <summary>Copies rows, for completions that have shared a row and now diverge.</summary>
    /// <param name="copies">The rows; no row may be both read and written, or written twice.</param>
    /// <param name="length">
    /// The number of tokens to copy of each row, at least that of the longest row read and at most <see cref="CompletionCapacity"/>.
    /// </param>
    void CopyRows(IReadOnlyList<RowCopy> copies, int length);
}
