using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the headers of a Windows bitmap: BITMAPCOREHEADER and BITMAPINFOHEADER with its successors.</summary>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows; the sign in the file, which gives the order of the rows, is dropped.</param>
/// <param name="BitsPerPixel">1, 4, 8, 16, 24 or 32.</param>
/// <param name="GreenBits">Bits of the green sample of a 16-bit image, 5 or 6; else 8.</param>
/// <param name="IsRunLength">Whether its palette indices are run-length encoded, which may leave out pixels.</param>
internal sealed record BmpHeader(int Width, int Height, int BitsPerPixel, int GreenBits, bool IsRunLength)
{
    private const int FileHeaderBytes = 14;
    private const int CoreHeaderBytes = 12;
    private const int InfoHeaderBytes = 40;
    private const uint RunLength8 = 1;
    private const uint RunLength4 = 2;
    private const uint BitFields = 3;
    private const uint SixBitGreenMask = 0x7E0;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded.StartsWith("BM"u8);

    public static BmpHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, FileHeaderBytes + CoreHeaderBytes, "BMP");
        ReadOnlySpan<byte> header = encoded[FileHeaderBytes..];
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(header);
        if (size == CoreHeaderBytes)
        {
            return Checked(
                BinaryPrimitives.ReadUInt16LittleEndian(header[4..]),
                BinaryPrimitives.ReadUInt16LittleEndian(header[6..]),
                BinaryPrimitives.ReadUInt16LittleEndian(header[10..]),
                greenBits: 5,
                isRunLength: false);
        }

        if (size is < InfoHeaderBytes or > 124)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp, $"its header says that it is {size} bytes long; 12 and 40 to 124 exist");
        }

        HeaderBytes.Require(encoded, FileHeaderBytes + (long)size, "BMP");
        uint compression = BinaryPrimitives.ReadUInt32LittleEndian(header[16..]);
        bool hasMasks = compression == BitFields && header.Length >= 48;
        uint greenMask = hasMasks ? BinaryPrimitives.ReadUInt32LittleEndian(header[44..]) : 0;
        return Checked(
            BinaryPrimitives.ReadInt32LittleEndian(header[4..]),
            Math.Abs((long)BinaryPrimitives.ReadInt32LittleEndian(header[8..])),
            BinaryPrimitives.ReadUInt16LittleEndian(header[14..]),
            greenMask == SixBitGreenMask ? 6 : 5,
            compression is RunLength8 or RunLength4);
    }

    /// <summary>The first colour of the palette after a BITMAPINFOHEADER or a successor; black if there is none.</summary>
    public static (byte Red, byte Green, byte Blue) FirstColour(ReadOnlySpan<byte> encoded)
    {
        long start = FileHeaderBytes + (long)BinaryPrimitives.ReadUInt32LittleEndian(encoded[FileHeaderBytes..]);
        return start + 3 <= encoded.Length
            ? (encoded[(int)start + 2], encoded[(int)start + 1], encoded[(int)start])
            : default;
    }

    public ImageHeader ToImageHeader() => BitsPerPixel switch
    {
        <= 8 => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerPixel, Channels: 1),
        16 => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerSample: 5, Channels: 3),
        _ => new ImageHeader(ImageFormat.Bmp, Width, Height, BitsPerSample: 8, Channels: BitsPerPixel / 8),
    };

    private static BmpHeader Checked(long width, long height, int bits, int greenBits, bool isRunLength)
    {
        if (bits is not (1 or 4 or 8 or 16 or 24 or 32))
        {
            throw HeaderBytes.Broken(
                ImageFormat.Bmp, $"it announces {bits} bits a pixel; 1, 4, 8, 16, 24 and 32 exist");
        }

        HeaderBytes.RequireSize(ImageFormat.Bmp, width, height);
        return new BmpHeader((int)width, (int)height, bits, bits == 16 ? greenBits : 8, isRunLength);
    }
}
