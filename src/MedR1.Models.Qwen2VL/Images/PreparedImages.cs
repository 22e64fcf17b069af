using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>Pictures that are ready for the tower, by their source; the least recently used leave when the bytes are full.</summary>
/// <remarks>
/// Safe to use from several threads at once; two that ask for the same new picture may both prepare it, and get the same one.
/// </remarks>
internal sealed class PreparedImages(long capacityInBytes)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IImageSource, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _order = new();
    private long _bytes;

    /// <summary>The picture of a source, prepared now if it isn't there.</summary>
    public EncodedImage Get(IImageSource source, Func<IImageSource, EncodedImage> prepare)
    {
        lock (_lock)
        {
            if (Find(source) is EncodedImage known)
            {
                return known;
            }
        }

        EncodedImage image = prepare(source);
        lock (_lock)
        {
            return Find(source) ?? Add(new Entry(source, image));
        }
    }

    private EncodedImage? Find(IImageSource source)
    {
        if (!_entries.TryGetValue(source, out LinkedListNode<Entry>? node))
        {
            return null;
        }

        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value.Image;
    }

    private EncodedImage Add(Entry entry)
    {
        if (entry.Bytes > capacityInBytes)
        {
            return entry.Image;
        }

        _entries.Add(entry.Source, _order.AddFirst(entry));
        _bytes += entry.Bytes;
        while (_bytes > capacityInBytes)
        {
            Entry oldest = _order.Last!.Value;
            _order.RemoveLast();
            _entries.Remove(oldest.Source);
            _bytes -= oldest.Bytes;
        }

        return entry.Image;
    }

    private sealed record Entry(IImageSource Source, EncodedImage Image)
    {
        public long Bytes => 256 + sizeof(float) * (long)Image.Patches.Length;
    }
}
