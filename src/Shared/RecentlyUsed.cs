using System.Diagnostics.CodeAnalysis;

namespace MedR1;

/// <summary>A cache limited by the bytes of its values; the least recently used values are evicted when it is full.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
/// <param name="capacityInBytes">The maximum number of bytes of values to keep.</param>
/// <param name="leave">Called with each evicted value; null for no callback.</param>
internal sealed class RecentlyUsed<TKey, TValue>(long capacityInBytes, Action<TValue>? leave = null)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();
    private long _byteSize;

    /// <summary>The number of bytes of the cached values.</summary>
    public long ByteSize
    {
        get
        {
            lock (_lock)
            {
                return _byteSize;
            }
        }
    }

    /// <summary>The number of cached values.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Finds a value, which becomes the most recently used.</summary>
    public bool TryGet(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_lock)
        {
            value = _entries.TryGetValue(key, out LinkedListNode<Entry>? node) ? Renew(node).Value : null;
        }

        return value is not null;
    }

    /// <summary>Adds a value if it fits, unless the key already exists.</summary>
    /// <returns>The value stored under the key, or <paramref name="value"/> if it is too large to be stored.</returns>
    public TValue Add(TKey key, TValue value, long bytes)
    {
        // Otherwise values without bytes would never be evicted.
        bytes = Math.Max(1, bytes);
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return Renew(node).Value;
            }

            if (bytes <= capacityInBytes)
            {
                _entries.Add(key, _order.AddFirst(new Entry(key, value, bytes)));
                _byteSize += bytes;
                RemoveExcess(capacityInBytes);
            }

            return value;
        }
    }

    /// <summary>Evicts all values.</summary>
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
        while (_byteSize > capacity)
        {
            Entry oldest = _order.Last!.Value;
            _order.RemoveLast();
            _entries.Remove(oldest.Key);
            _byteSize -= oldest.Bytes;
            leave?.Invoke(oldest.Value);
        }
    }

    private sealed record Entry(TKey Key, TValue Value, long Bytes);
}
