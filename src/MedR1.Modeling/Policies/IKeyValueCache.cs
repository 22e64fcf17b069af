namespace MedR1.Modeling;

/// <summary>
/// Keys and values of a rollout in slots: each prompt once, completions in rows of their own after it. Slots are reused as
/// prompts and completions come and go. It belongs to one rollout at a time; its creator disposes it.
/// </summary>
public interface IKeyValueCache : IDisposable
{
    /// <summary>The number of prompts it can hold at once.</summary>
    int PromptSlots { get; }

    /// <summary>The number of completions it can hold at once.</summary>
    int RowSlots { get; }

    /// <summary>The maximum number of tokens of a prompt.</summary>
    int PromptCapacity { get; }

    /// <summary>The maximum number of tokens of a completion.</summary>
    int CompletionCapacity { get; }

    /// <summary>Bytes that its tensors take on their device.</summary>
    long ByteSize { get; }

    /// <summary>Copies the content of rows, when completions that have been identical so far diverge.</summary>
    /// <param name="copies">The rows; no row may be both read and written, or written twice.</param>
    /// <param name="length">The number of tokens to copy, at least as many as the longest of the rows has.</param>
    void CopyRows(IReadOnlyList<RowCopy> copies, int length);
}
