namespace MedR1.Imaging;

/// <summary>Reads a source into memory, but never more than one byte beyond the limit.</summary>
internal static class BoundedReader
{
    private const int FirstBlock = 1 << 16;

    public static ReadOnlyMemory<byte> ReadAll(IImageSource source, ImageDecodeOptions options)
    {
        using Stream stream = source.OpenRead();
        if (stream.CanSeek)
        {
            options.CheckBytes(stream.Length - stream.Position);
        }

        long expected = stream.CanSeek ? stream.Length - stream.Position : FirstBlock;
        byte[] buffer = new byte[Math.Min(expected + 1, options.MaxBytes + 1)];
        int count = 0;
        while (true)
        {
            int read = stream.Read(buffer, count, buffer.Length - count);
            if (read == 0)
            {
                return buffer.AsMemory(0, count);
            }

            count += read;
            options.CheckBytes(count);
            if (count == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(buffer.Length * 2L, options.MaxBytes + 1));
            }
        }
    }
}
