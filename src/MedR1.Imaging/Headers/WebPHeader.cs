using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the first chunk of a WebP file: VP8 (RFC 6386, section 9.1), VP8L, or VP8X (RFC 9649).</summary>
internal static class WebPHeader
{
    private const int ByteCount = 30;

    public static bool Matches(ReadOnlySpan<byte> encoded) =>
        encoded.Length >= 12 && encoded.StartsWith("RIFF"u8) && encoded[8..12].SequenceEqual("WEBP"u8);

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, ByteCount, "WebP");
        ReadOnlySpan<byte> type = encoded[12..16];
        ReadOnlySpan<byte> data = encoded[20..];
        if (type.SequenceEqual("VP8 "u8))
        {
            if (!data[3..6].SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A]))
            {
                throw HeaderBytes.Broken(ImageFormat.WebP, "its key frame lacks the start code 9D012A");
            }

            return HeaderBytes.Sized(
                ImageFormat.WebP,
                BinaryPrimitives.ReadUInt16LittleEndian(data[6..]) & 0x3FFF,
                BinaryPrimitives.ReadUInt16LittleEndian(data[8..]) & 0x3FFF,
                bitsPerSample: 8,
                channels: 3);
        }

        if (type.SequenceEqual("VP8L"u8))
        {
            if (data[0] != 0x2F)
            {
                throw HeaderBytes.Broken(ImageFormat.WebP, $"its lossless data starts with {data[0]:X2}, not 2F");
            }

            uint bits = BinaryPrimitives.ReadUInt32LittleEndian(data[1..]);
            int channels = (bits >> 28 & 1) == 1 ? 4 : 3;
            return HeaderBytes.Sized(ImageFormat.WebP, (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, 8, channels);
        }

        if (type.SequenceEqual("VP8X"u8))
        {
            int channels = (data[0] & 0x10) != 0 ? 4 : 3;
            return HeaderBytes.Sized(
                ImageFormat.WebP, ReadUInt24(data[4..]) + 1L, ReadUInt24(data[7..]) + 1L, 8, channels);
        }

        throw HeaderBytes.Broken(ImageFormat.WebP, "its first chunk is none of VP8, VP8L and VP8X");
    }

    /// <summary>Throws if the file is shorter than it says; the decoder may find what it needs in front of the cut.</summary>
    public static void RequireWhole(ReadOnlySpan<byte> encoded)
    {
        long announced = BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]) + 8L;
        if (announced > encoded.Length)
        {
            throw HeaderBytes.Broken(
                ImageFormat.WebP, $"it announces {announced} bytes, but is cut short after {encoded.Length}");
        }
    }

    private static int ReadUInt24(ReadOnlySpan<byte> data) => data[0] | data[1] << 8 | data[2] << 16;
}
