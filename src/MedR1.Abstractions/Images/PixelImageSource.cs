using System.Buffers.Binary;

namespace MedR1;

/// <summary>An image whose pixels are in memory; opening it gives a 24-bit BMP file.</summary>
/// <param name="name">A name for messages.</param>
/// <param name="image">The pixels.</param>
public sealed class PixelImageSource(string name, RgbImage image) : IImageSource
{
    private const int HeaderBytes = 54;

    /// <inheritdoc/>
    public string Name { get; } = name ?? throw new ArgumentNullException(nameof(name));

    /// <summary>The pixels, for code that doesn't need an encoded file.</summary>
    public RgbImage Image { get; } = image ?? throw new ArgumentNullException(nameof(image));

    /// <inheritdoc/>
    public Stream OpenRead()
    {
        int stride = (Image.Width * 3 + 3) / 4 * 4;
        byte[] file = new byte[HeaderBytes + stride * Image.Height];
        file[0] = (byte)'B';
        file[1] = (byte)'M';
        WriteInt32(file, 2, file.Length);
        WriteInt32(file, 10, HeaderBytes);
        WriteInt32(file, 14, 40);
        WriteInt32(file, 18, Image.Width);
        WriteInt32(file, 22, Image.Height);
        file[26] = 1;
        file[28] = 24;
        WriteInt32(file, 34, stride * Image.Height);
        ReadOnlySpan<byte> pixels = Image.Pixels.Span;
        for (int y = 0; y < Image.Height; y++)
        {
            int target = HeaderBytes + (Image.Height - 1 - y) * stride;
            int source = y * Image.Width * 3;
            for (int x = 0; x < Image.Width; x++, source += 3, target += 3)
            {
                file[target] = pixels[source + 2];
                file[target + 1] = pixels[source + 1];
                file[target + 2] = pixels[source];
            }
        }

        return new MemoryStream(file, writable: false);
    }

    /// <summary>The name and the size.</summary>
    public override string ToString() => $"{Name} ({Image.Width} x {Image.Height})";

    private static void WriteInt32(byte[] file, int offset, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
}
