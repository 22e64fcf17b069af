using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the IHDR chunk of a PNG file (W3C PNG specification, section 11.2.1).</summary>
internal static class PngHeader
{
    /// <summary>Signature, and the IHDR chunk with its length, type and checksum.</summary>
    public const int ByteCount = 8 + 8 + 13 + 4;

    // The colour type follows the signature, length, type, width, height and bit depth.
    private const int ColourTypeAt = 8 + 8 + 8 + 1;

    /// <summary>Grey with 16 bits per sample, the only images to which a window applies.</summary>
    public static bool IsGray16(ImageHeader header) =>
        header is { Format: ImageFormat.Png, BitsPerSample: 16, Channels: 1 or 2 };

    /// <summary>Grey without an alpha sample, not a palette: colour type 0.</summary>
    public static bool IsGray(ReadOnlySpan<byte> encoded) => encoded[ColourTypeAt] == 0;

    /// <summary>Colour without an alpha sample: colour type 2.</summary>
    public static bool IsColour(ReadOnlySpan<byte> encoded) => encoded[ColourTypeAt] == 2;

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
        int colour = chunk[17];
        if (!IsAllowed(bits, colour))
        {
            throw HeaderBytes.Broken(ImageFormat.Png, $"colour type {colour} with {bits} bits per sample does not exist");
        }

        if (chunk[18] != 0 || chunk[19] != 0 || chunk[20] > 1)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Png,
                $"compression {chunk[18]}, filter {chunk[19]} or interlace {chunk[20]} does not exist; expected 0, 0 and 0 or 1");
        }

        int channels = colour switch { 0 or 3 => 1, 4 => 2, 2 => 3, _ => 4 };
        (long width, long height) = ImageSizeFields.OfPng(encoded);
        return HeaderBytes.Sized(ImageFormat.Png, width, height, bits, channels);
    }

    private static bool IsAllowed(int bits, int colour) => colour switch
    {
        0 => bits is 1 or 2 or 4 or 8 or 16,
        3 => bits is 1 or 2 or 4 or 8,
        2 or 4 or 6 => bits is 8 or 16,
        _ => false,
    };
}
