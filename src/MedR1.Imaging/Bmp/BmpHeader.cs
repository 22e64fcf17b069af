using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the headers of a Windows bitmap: BITMAPCOREHEADER and BITMAPINFOHEADER with its successors.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows, without the sign in the file, which gives the order of the rows.</param>
/// <param name="IsTopDown">Whether the first row in the file is the top row.</param>
/// <param name="BitsPerPixel">1, 4, 8, 16, 24 or 32.</param>
/// <param name="Compression">How pixels are stored.</param>
/// <param name="Masks">The bits of each color in a pixel; ignored if there is a palette.</param>
/// <param name="PaletteStart">The offset of the palette in the file.</param>
/// <param name="PaletteCount">Number of colors in the palette.</param>
/// <param name="PaletteEntryBytes">Bytes per palette entry, 3 or 4, in the order blue, green, red.</param>
/// <param name="DataStart">The offset of the pixels in the file.</param>
internal sealed record BmpHeader(
    int Width,
    int Height,
    bool IsTopDown,
    int BitsPerPixel,
    BmpCompression Compression,
    BmpMasks Masks,
    int PaletteStart,
    int PaletteCount,
    int PaletteEntryBytes,
    long DataStart)
{
    private const int FileHeaderBytes = 14;
    private const int DataStartAt = 10;
    private const int CoreHeaderBytes = 12;
    private const int InfoHeaderBytes = 40;
    private const int SmallestHeaderWithAlpha = 56;
    private const int MasksAt = InfoHeaderBytes;

    /// <summary>Whether pixels are palette indices.</summary>
    public bool HasPalette => BitsPerPixel <= 8;

    public static BmpHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, FileHeaderBytes + CoreHeaderBytes, "BMP");
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(encoded[FileHeaderBytes..]);
        if (size is not (CoreHeaderBytes or InfoHeaderBytes or 52 or SmallestHeaderWithAlpha or 64 or 108 or 124))
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp,
                $"its header declares a length of {size} bytes; expected 12, 40, 52, 56, 64, 108 or 124");
        }

        HeaderBytes.Require(encoded, FileHeaderBytes + (long)size, "BMP");
        return size == CoreHeaderBytes ? ReadCore(encoded) : ReadInfo(encoded, (int)size);
    }

    public ImageHeader ToImageHeader() => BitsPerPixel switch
    {
        <= 8 => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerPixel, Channels: 1),
        16 => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerSample: 5, Channels: 3),
        _ => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerSample: 8, Channels: BitsPerPixel / 8),
    };

    private static BmpHeader ReadCore(ReadOnlySpan<byte> encoded)
    {
        ReadOnlySpan<byte> header = encoded[FileHeaderBytes..];
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        (long width, long height) = ImageSizeFields.OfBmp(encoded);
        return Checked(
            encoded,
            width,
            height,
            isTopDown: false,
            bits,
            BmpCompression.None,
            BmpMasks.Default(bits),
            colors: 0,
            CoreHeaderBytes);
    }

    private static BmpHeader ReadInfo(ReadOnlySpan<byte> encoded, int headerBytes)
    {
        ReadOnlySpan<byte> header = encoded[FileHeaderBytes..];
        (long width, long height) = ImageSizeFields.OfBmp(encoded);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(header[14..]);
        BmpCompression compression = (BmpCompression)BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        if (compression > BmpCompression.BitFields)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp, $"its compression method is {(uint)compression}, but only 0 to 3 are supported");
        }

        BmpMasks masks = compression == BmpCompression.BitFields
            ? ReadMasks(encoded, headerBytes, bits)
            : BmpMasks.Default(bits);
        return Checked(
            encoded,
            width,
            Math.Abs(height),
            isTopDown: height < 0,
            bits,
            compression,
            masks,
            BinaryPrimitives.ReadUInt32LittleEndian(header[32..]),
            headerBytes);
    }

    // The masks follow a header of 40 bytes and are part of longer ones; only headers of at least 56 bytes have an alpha mask.
    private static BmpMasks ReadMasks(ReadOnlySpan<byte> encoded, int headerBytes, int bits)
    {
        bool hasAlpha = headerBytes >= SmallestHeaderWithAlpha;
        HeaderBytes.Require(encoded, FileHeaderBytes + MasksAt + (hasAlpha ? 16 : 12), "BMP");
        ReadOnlySpan<byte> at = encoded[(FileHeaderBytes + MasksAt)..];
        BmpMasks given = new(
            BinaryPrimitives.ReadUInt32LittleEndian(at),
            BinaryPrimitives.ReadUInt32LittleEndian(at[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(at[8..]),
            hasAlpha ? BinaryPrimitives.ReadUInt32LittleEndian(at[12..]) : 0);
        return BmpMasks.Supported(bits, given) ?? throw HeaderBytes.Broken(
            ImageFormat.Bmp,
            $"its {bits} bits per pixel have the masks {given.Red:X}, {given.Green:X}, {given.Blue:X} and {given.Alpha:X}, "
            + "which are not supported");
    }

    private static BmpHeader Checked(
        ReadOnlySpan<byte> encoded,
        long width,
        long height,
        bool isTopDown,
        int bits,
        BmpCompression compression,
        BmpMasks masks,
        uint colors,
        int headerBytes)
    {
        bool hasPalette = bits is 1 or 4 or 8;
        if (!hasPalette && bits is not (16 or 24 or 32))
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp, $"it declares {bits} bits per pixel; expected 1, 4, 8, 16, 24 or 32");
        }

        if (!hasPalette && compression is BmpCompression.RunLength4 or BmpCompression.RunLength8)
        {
            throw HeaderBytes.Broken(ImageFormat.Bmp, $"its {bits} bits per pixel can't be run-length encoded");
        }

        HeaderBytes.RequireSize(ImageFormat.Bmp, width, height);
        uint paletteCount = !hasPalette ? 0 : colors == 0 ? 1u << bits : colors;
        if (paletteCount > IndexedPixels.TableEntries)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp, $"its palette has {paletteCount} colors, expected at most {IndexedPixels.TableEntries}");
        }

        bool isBehindMasks = compression == BmpCompression.BitFields && headerBytes == InfoHeaderBytes;
        int paletteStart = FileHeaderBytes + headerBytes + (isBehindMasks ? 12 : 0);
        int entryBytes = headerBytes == CoreHeaderBytes ? 3 : 4;
        int paletteEnd = paletteStart + (int)paletteCount * entryBytes;

        // Some programs write the header's end as the offset of the pixels although a palette follows, and some write 0.
        uint announced = BinaryPrimitives.ReadUInt32LittleEndian(encoded[DataStartAt..]);
        bool isPaletteEnd = announced == 0 || (hasPalette && announced == FileHeaderBytes + headerBytes);
        return new BmpHeader(
            (int)width, (int)height, isTopDown, bits, compression, masks, paletteStart, (int)paletteCount, entryBytes,
            isPaletteEnd ? paletteEnd : announced);
    }
}
