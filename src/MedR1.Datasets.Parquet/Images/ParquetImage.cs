namespace MedR1.Datasets.Parquet;

/// <summary>An image in a Parquet file, read with its row group on demand.</summary>
internal sealed class ParquetImage(ImageCache cache, ImageGroup group, int place, string? path) : IImageSource
{
    public string Name { get; } =
        $"{group.FilePath}#{group.Group}/{group.Field.Path}/{place}{(path is null ? "" : $" ({path})")}";

    public Stream OpenRead()
    {
        byte[][] images;
        try
        {
            images = cache.Get(group);
        }
        catch (DatasetException exception)
        {
            throw new IOException(exception.Message, exception);
        }

        return place < images.Length
            ? new MemoryStream(images[place], writable: false)
            : throw new IOException(
                $"The image '{Name}' is not where it was when the data set was loaded: has the file changed since?");
    }
}
