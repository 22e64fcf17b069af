namespace MedR1.Datasets.Parquet;

/// <summary>Keeps the most recently read groups of images, up to a number of bytes.</summary>
/// <remarks>Safe to use from several threads at once; only one thread reads at a time.</remarks>
/// <param name="maxBytes">The maximum number of bytes to keep; the group read last is kept regardless of its size.</param>
/// <param name="read">Reads a group; <see langword="null"/> for the file's reader.</param>
internal sealed class ImageCache(long maxBytes, Func<ImageGroup, byte[][]>? read = null)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(ImageGroup Group, byte[][] Images, long Bytes)> _recent = [];
    private long _bytes;

    /// <exception cref="DatasetException">The file can't be read.</exception>
    public byte[][] Get(ImageGroup group)
    {
        lock (_lock)
        {
            for (var node = _recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Group == group)
                {
                    _recent.Remove(node);
                    _recent.AddFirst(node);
                    return node.Value.Images;
                }
            }

            byte[][] images = read is null ? group.Read() : read(group);

            // Equal images from a dictionary share one array.
            long bytes = images.Distinct().Sum(image => (long)image.Length);
            _recent.AddFirst((group, images, bytes));
            _bytes += bytes;
            while (_bytes > maxBytes && _recent.Count > 1)
            {
                _bytes -= _recent.Last!.Value.Bytes;
                _recent.RemoveLast();
            }

            return images;
        }
    }
}
