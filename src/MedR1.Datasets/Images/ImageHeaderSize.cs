using System.Buffers.Binary;

namespace MedR1.Datasets;

/// <summary>
/// Reads an image's width and height from its header (PNG, JPEG, GIF, BMP, WebP). This package does not decode images, and needs
/// their size only to make blank ones.
/// </summary>
internal static class ImageHeaderSize
{
    private const int LargestSide = 65_535;
    private const int MostPixels = 100_000_000;

    /// <summary>The size of an image, without decoding it.</summary>
    /// <exception cref="InvalidDataException">It is not an image in one of these formats, or is absurdly large.</exception>
    public static (int Width, int Height) Of(IImageSource image)
    {
        if (image is PixelImageSource pixels)
        {
            return (pixels.Image.Width, pixels.Image.Height);
        }

        using Stream stream = image.OpenRead();
        return Read(stream, image.Name);
    }

    /// <exception cref="InvalidDataException">
    /// The stream does not contain an image in one of these formats, or contains an absurdly large one.
    /// </exception>
    public static (int Width, int Height) Read(Stream stream, string name)
    {
        byte[] head = new byte[30];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        ReadOnlySpan<byte> start = head.AsSpan(0, length);
        (int width, int height) = start switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] when length >= 24 =>
                (BinaryPrimitives.ReadInt32BigEndian(start[16..]), BinaryPrimitives.ReadInt32BigEndian(start[20..])),
            [(byte)'G', (byte)'I', (byte)'F', ..] when length >= 10 =>
                (BinaryPrimitives.ReadUInt16LittleEndian(start[6..]),
                    BinaryPrimitives.ReadUInt16LittleEndian(start[8..])),
            [(byte)'B', (byte)'M', ..] when length >= 26 => Bitmap(start),
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..]
                when length >= 30 => WebP(start),
            [0xFF, 0xD8, ..] => Jpeg(new ConcatenatedReader(head, length, stream)),
            _ => (0, 0),
        };
        return width is > 0 and <= LargestSide && height is > 0 and <= LargestSide && (long)width * height <= MostPixels
            ? (width, height)
            : throw new InvalidDataException(
                $"The size of picture '{name}' can't be read from its header (got {width} x {height}): it is no "
                + $"PNG, JPEG, GIF, BMP or WebP file, or larger than {MostPixels} pixels.");
    }

    private static (int Width, int Height) Bitmap(ReadOnlySpan<byte> start) =>
        BinaryPrimitives.ReadInt32LittleEndian(start[14..]) == 12
            ? (BinaryPrimitives.ReadUInt16LittleEndian(start[18..]),
                BinaryPrimitives.ReadUInt16LittleEndian(start[20..]))
            : (BinaryPrimitives.ReadInt32LittleEndian(start[18..]),
                AbsoluteOf(BinaryPrimitives.ReadInt32LittleEndian(start[22..])));

    // A negative height means that rows go from top to bottom.
    private static int AbsoluteOf(int height) => height == int.MinValue ? 0 : Math.Abs(height);

    private static (int Width, int Height) WebP(ReadOnlySpan<byte> start) => start[15] switch
    {
        (byte)'X' => (1 + UInt24(start[24..]), 1 + UInt24(start[27..])),
        (byte)'L' => LosslessWebP(BinaryPrimitives.ReadUInt32LittleEndian(start[21..])),
        _ => (BinaryPrimitives.ReadUInt16LittleEndian(start[26..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(start[28..]) & 0x3FFF),
    };

    private static (int Width, int Height) LosslessWebP(uint bits) =>
        (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;

    private static (int Width, int Height) Jpeg(ConcatenatedReader reader)
    {
        reader.Skip(2);
        while (reader.ReadByte() is int marker && marker >= 0)
        {
            if (marker != 0xFF)
            {
                continue;
            }

            int kind = reader.ReadByte();
            while (kind == 0xFF)
            {
                kind = reader.ReadByte();
            }

            if (kind is 0 or 1 or (>= 0xD0 and <= 0xD8))
            {
                continue;
            }

            int size = reader.ReadUInt16BigEndian();
            bool isFrame = kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
            if (size < 2 || isFrame)
            {
                reader.Skip(1);
                int height = reader.ReadUInt16BigEndian();
                return isFrame ? (reader.ReadUInt16BigEndian(), height) : (0, 0);
            }

            reader.Skip(size - 2);
        }

        return (0, 0);
    }
}
