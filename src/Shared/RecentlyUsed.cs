using System.Diagnostics.CodeAnalysis;

namespace MedR1;

/// <summary>Values by key up to a number of bytes; the least recently used leave when it is full.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
/// <param name="capacityInBytes">The most bytes of values that are held.</param>
/// <param name="leave">What becomes of a value that leaves; null for nothing.</param>
internal sealed class RecentlyUsed<TKey, TValue>(long capacityInBytes, Action<TValue>? leave = null)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();

    /// <summary>Bytes of the values that are held.</summary>
    public long ByteSize { get; private set; }

    /// <summary>Values that are held.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds a value, which then leaves last.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_lock)
        {
            value = _entries.TryGetValue(key, out LinkedListNode<Entry>? node) ? Renew(node).Value : null;
        }

        return value is not null;
    }

    /// <summary>Holds a value that fits, unless another thread was faster.</summary>
    /// <returns>The value that is held under the key, or this one where it is too large.</returns>
    public TValue Add(TKey key, TValue value, long bytes)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return Renew(node).Value;
            }

            if (bytes <= capacityInBytes)
            {
                _entries.Add(key, _order.AddFirst(new Entry(key, value, bytes)));
                ByteSize += bytes;
                RemoveExcess(capacityInBytes);
            }

            return value;
        }
    }

    /// <summary>Lets all values leave.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            RemoveExcess(capacity: 0);
        }
    }

    private Entry Renew(LinkedListNode<Entry> node)
    {
        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value;
    }

    private void RemoveExcess(long capacity)
    {
        while (ByteSize > capacity)
        {
            Entry oldest = _order.Last!.Value;
            _order.RemoveLast();
            _entries.Remove(oldest.Key);
            ByteSize -= oldest.Bytes;
            leave?.Invoke(oldest.Value);
        }
    }

    private sealed record Entry(TKey Key, TValue Value, long Bytes);
}
