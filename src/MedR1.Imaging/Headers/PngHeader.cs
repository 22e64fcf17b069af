using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the IHDR chunk of a PNG file (W3C PNG specification, section 11.2.1).</summary>
internal static class PngHeader
{
    /// <summary>Signature, and the IHDR chunk with its length, type and checksum.</summary>
    public const int ByteCount = 8 + 8 + 13 + 4;

    // The color type follows the signature, length, type, width, height and bit depth.
    private const int ColorTypeAt = 8 + 8 + 8 + 1;

    /// <summary>Gray with 16 bits per sample, the only images to which a window applies.</summary>
    public static bool IsGray16(ImageHeader header) =>
        header is { Format: ImageFormat.Png, BitsPerSample: 16, Channels: 1 or 2 };

    /// <summary>Gray without an alpha sample, not a palette: color type 0.</summary>
    public static bool IsGray(ReadOnlySpan<byte> encoded) => encoded[ColorTypeAt] == 0;

    /// <summary>Color without an alpha sample: color type 2.</summary>
    public static bool IsColor(ReadOnlySpan<byte> encoded) => encoded[ColorTypeAt] == 2;

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, ByteCount, "PNG");
        ReadOnlySpan<byte> chunk = encoded[8..ByteCount];
        if (BinaryPrimitives.ReadUInt32BigEndian(chunk) != 13 || !chunk[4..8].SequenceEqual("IHDR"u8))
        {
            throw HeaderBytes.Broken(ImageFormat.Png, "its first chunk is not IHDR");
        }

        uint stored = BinaryPrimitives.ReadUInt32BigEndian(chunk[21..]);
        uint computed = Crc32.Compute(chunk[4..21]);
        if (stored != computed)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png, $"the checksum of its header is {stored:X8}, but the bytes give {computed:X8}");
        }

        int bits = chunk[16];
        int color = chunk[17];
        if (!IsAllowed(bits, color))
        {
            throw HeaderBytes.Broken(ImageFormat.Png, $"color type {color} with {bits} bits per sample does not exist");
        }

        if (chunk[18] != 0 || chunk[19] != 0 || chunk[20] > 1)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png,
                $"compression {chunk[18]}, filter {chunk[19]} or interlace {chunk[20]} does not exist; expected 0, 0 and 0 or 1");
        }

        int channels = color switch { 0 or 3 => 1, 4 => 2, 2 => 3, _ => 4 };
        (long width, long height) = ImageSizeFields.OfPng(encoded);
        return HeaderBytes.Sized(ImageFormat.Png, width, height, bits, channels);
    }

    private static bool IsAllowed(int bits, int color) => color switch
    {
        0 => bits is 1 or 2 or 4 or 8 or 16,
        3 => bits is 1 or 2 or 4 or 8,
        2 or 4 or 6 => bits is 8 or 16,
        _ => false,
    };
}
