using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>Reads the first chunk of a WebP file: VP8 (RFC 6386, section 9.1), VP8L, or VP8X (RFC 9649).</summary>
internal static class WebPHeader
{
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        HeaderBytes.Require(encoded, ImageSizeFields.WebPBytesOf(encoded), "WebP");
        int channels = Channels(encoded[12..16], encoded[20..]);
        (int width, int height) = ImageSizeFields.OfWebP(encoded);
        return HeaderBytes.Sized(ImageFormat.WebP, width, height, bitsPerSample: 8, channels);
    }

    /// <summary>
    /// Throws if the file is shorter than its header says, which the decoder does not notice if the image data itself is complete.
    /// </summary>
    public static void RequireWhole(ReadOnlySpan<byte> encoded)
    {
        long announced = BinaryPrimitives.ReadUInt32LittleEndian(encoded[4..]) + 8L;
        if (announced > encoded.Length)
        {
            throw HeaderBytes.Broken(
                ImageFormat.WebP, $"it declares {announced} bytes, but is truncated after {encoded.Length}");
        }
    }

    private static int Channels(ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        if (type.SequenceEqual("VP8 "u8))
        {
            return data[3..6].SequenceEqual((ReadOnlySpan<byte>)[0x9D, 0x01, 0x2A])
                ? 3
                : throw HeaderBytes.Broken(ImageFormat.WebP, "its key frame lacks the start code 9D012A");
        }

        if (type.SequenceEqual("VP8L"u8))
        {
            return data[0] == 0x2F
                ? (data[4] & 0x10) != 0 ? 4 : 3
                : throw HeaderBytes.Broken(ImageFormat.WebP, $"its lossless data starts with {data[0]:X2}, not 2F");
        }

        if (type.SequenceEqual("VP8X"u8))
        {
            return (data[0] & 0x10) != 0 ? 4 : 3;
        }

        throw HeaderBytes.Broken(ImageFormat.WebP, "its first chunk is not VP8, VP8L or VP8X");
    }
}
