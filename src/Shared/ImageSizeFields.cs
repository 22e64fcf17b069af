using System.Buffers.Binary;

namespace MedR1;

/// <summary>
/// Reads the width and height fields of image files without any checks: the caller must know the format, provide enough bytes, and
/// validate the numbers.
/// </summary>
internal static class ImageSizeFields
{
    /// <summary>The number of bytes that <see cref="OfPng"/> needs.</summary>
    public const int PngBytes = 24;

    /// <summary>The number of bytes that <see cref="OfGifScreen"/> needs.</summary>
    public const int GifBytes = 10;

    /// <summary>The number of bytes that <see cref="OfBmp"/> needs.</summary>
    public const int BmpBytes = 26;

    /// <summary>The number of bytes that <see cref="OfWebP"/> needs at most.</summary>
    public const int WebPBytes = 30;

    private const int LosslessWebPBytes = 25;

    private const int BmpCoreHeaderBytes = 12;

    /// <summary>The size in the IHDR chunk (W3C PNG specification, section 11.2.1).</summary>
    public static (long Width, long Height) OfPng(ReadOnlySpan<byte> encoded) =>
        (BinaryPrimitives.ReadUInt32BigEndian(encoded[16..]), BinaryPrimitives.ReadUInt32BigEndian(encoded[20..]));

    /// <summary>The size of the screen (GIF89a specification), past which a frame may extend.</summary>
    public static (int Width, int Height) OfGifScreen(ReadOnlySpan<byte> encoded) =>
        (BinaryPrimitives.ReadUInt16LittleEndian(encoded[6..]), BinaryPrimitives.ReadUInt16LittleEndian(encoded[8..]));

    /// <summary>
    /// The size in the BITMAPCOREHEADER or BITMAPINFOHEADER; a negative height means that rows are stored top-down.
    /// </summary>
    public static (long Width, long Height) OfBmp(ReadOnlySpan<byte> encoded) =>
        BinaryPrimitives.ReadInt32LittleEndian(encoded[14..]) == BmpCoreHeaderBytes
            ? (BinaryPrimitives.ReadUInt16LittleEndian(encoded[18..]),
                BinaryPrimitives.ReadUInt16LittleEndian(encoded[20..]))
            : (BinaryPrimitives.ReadInt32LittleEndian(encoded[18..]),
                BinaryPrimitives.ReadInt32LittleEndian(encoded[22..]));

    /// <summary>
    /// The number of bytes that <see cref="OfWebP"/> needs of this file. A lossless header is the shortest: a transparent image of
    /// one pixel is a file of only 28 bytes.
    /// </summary>
    public static int WebPBytesOf(ReadOnlySpan<byte> encoded) =>
        encoded.Length > 15 && encoded[15] == (byte)'L' ? LosslessWebPBytes : WebPBytes;

    /// <summary>The size in the first chunk: VP8X (RFC 9649), VP8L, otherwise VP8 (RFC 6386, section 9.1).</summary>
    public static (int Width, int Height) OfWebP(ReadOnlySpan<byte> encoded) => encoded[15] switch
    {
        (byte)'X' => (UInt24(encoded[24..]) + 1, UInt24(encoded[27..]) + 1),
        (byte)'L' => Lossless(BinaryPrimitives.ReadUInt32LittleEndian(encoded[21..])),
        _ => (BinaryPrimitives.ReadUInt16LittleEndian(encoded[26..]) & 0x3FFF,
            BinaryPrimitives.ReadUInt16LittleEndian(encoded[28..]) & 0x3FFF),
    };

    private static (int Width, int Height) Lossless(uint bits) =>
        ((int)(bits & 0x3FFF) + 1, (int)(bits >> 14 & 0x3FFF) + 1);

    private static int UInt24(ReadOnlySpan<byte> bytes) => bytes[0] | bytes[1] << 8 | bytes[2] << 16;
}
