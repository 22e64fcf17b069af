using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>
/// Remembers encoded prompts, the least recently used leaving first when the bytes are full: a picture is decoded and
/// resized once, not once an epoch.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once; two that ask for the same new prompt may both encode it.
/// </remarks>
internal sealed class EncodedPromptCache(IVisionLanguageProcessor processor, long capacityInBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<object, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();

    public long ByteSize { get; private set; }

    public int Count => _entries.Count;

    /// <summary>Encodes a prompt, or gives what was encoded under the same key.</summary>
    /// <param name="key">What stands for the prompt; null for a prompt that won't come again.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="cancellationToken">Cancels the encoding.</param>
    public EncodedPrompt Encode(object? key, VqaPrompt prompt, CancellationToken cancellationToken)
    {
        if (key is null || capacityInBytes == 0)
        {
            return processor.Encode(prompt, cancellationToken);
        }

        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                _order.Remove(node);
                _order.AddFirst(node);
                return node.Value.Prompt;
            }
        }

        EncodedPrompt encoded = processor.Encode(prompt, cancellationToken);
        Add(new Entry(key, encoded, SizeOf(encoded)));
        return encoded;
    }

    private static long SizeOf(EncodedPrompt prompt) =>
        256 + 4L * prompt.TokenIds.Count + 2L * prompt.Text.Length
            + prompt.Images.Sum(image => 4L * image.Patches.Length);

    private void Add(Entry entry)
    {
        lock (_lock)
        {
            if (entry.Bytes > capacityInBytes || _entries.ContainsKey(entry.Key))
            {
                return;
            }

            _entries.Add(entry.Key, _order.AddFirst(entry));
            ByteSize += entry.Bytes;
            while (ByteSize > capacityInBytes)
            {
                Entry oldest = _order.Last!.Value;
                _order.RemoveLast();
                _entries.Remove(oldest.Key);
                ByteSize -= oldest.Bytes;
            }
        }
    }

    private sealed record Entry(object Key, EncodedPrompt Prompt, long Bytes);
}
