namespace MedR1.Modeling;

/// <summary>
/// Keys and values of a rollout in slots: prompts once each, completions in rows of their own behind them. Slots are
/// filled anew as prompts and completions come and go. It belongs to one rollout at a time; who creates it disposes it.
/// </summary>
public interface IKeyValueCache : IDisposable
{
    /// <summary>Prompts that it holds at once.</summary>
    int PromptSlots { get; }

    /// <summary>Completions that it holds at once.</summary>
    int RowSlots { get; }

    /// <summary>The longest prompt that fits.</summary>
    int PromptCapacity { get; }

    /// <summary>The longest completion that fits.</summary>
    int CompletionCapacity { get; }

    /// <summary>Bytes that its tensors take on their device.</summary>
    long ByteSize { get; }

    /// <summary>Copies what rows hold, where completions that were one so far part.</summary>
    /// <param name="copies">The rows; none is written and read, or written twice.</param>
    /// <param name="length">Tokens that are copied, at least as many as the longest of the rows holds.</param>
    void CopyRows(IReadOnlyList<RowCopy> copies, int length);
}
