using System.Buffers.Binary;

namespace MedR1.Imaging;

/// <summary>
/// Finds the frame header (SOF) of a JPEG file (ITU-T T.81, annex B) by walking the markers before it.
/// </summary>
internal static class JpegHeader
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;

    public static bool Matches(ReadOnlySpan<byte> encoded) => encoded is [0xFF, StartOfImage, ..];

    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        int position = 2;
        while (true)
        {
            byte marker = NextMarker(encoded, ref position);
            if (marker is StartOfScan or EndOfImage)
            {
                throw HeaderBytes.Broken(ImageFormat.Jpeg, "its picture data comes before any frame header");
            }

            if (marker is 0x01 or StartOfImage or (>= 0xD0 and <= 0xD7))
            {
                continue;
            }

            HeaderBytes.Require(encoded, position + 2, "JPEG");
            int length = BinaryPrimitives.ReadUInt16BigEndian(encoded[position..]);
            if (length < 2)
            {
                throw HeaderBytes.Broken(
                    ImageFormat.Jpeg, $"segment FF{marker:X2} at byte {position} says that it is {length} long");
            }

            if (IsFrameHeader(marker))
            {
                return ReadFrame(encoded, position);
            }

            position += length;
        }
    }

    private static byte NextMarker(ReadOnlySpan<byte> encoded, ref int position)
    {
        // Decoders skip bytes between segments that should not be there (libjpeg: "extraneous bytes before marker").
        HeaderBytes.Require(encoded, position + 2L, "JPEG");
        int stray = encoded[position..].IndexOf((byte)0xFF);
        if (stray < 0)
        {
            throw HeaderBytes.Broken(
                ImageFormat.Jpeg, $"byte {position} is {encoded[position]:X2} where a marker (FF) must stand, and none follows");
        }

        position += stray;

        // Any number of FF bytes may pad the space before a marker.
        do
        {
            position++;
            HeaderBytes.Require(encoded, position + 1L, "JPEG");
        }
        while (encoded[position] == 0xFF);
        return encoded[position++];
    }

    private static ImageHeader ReadFrame(ReadOnlySpan<byte> encoded, int position)
    {
        HeaderBytes.Require(encoded, position + 8L, "JPEG");
        ReadOnlySpan<byte> frame = encoded[position..];
        return HeaderBytes.Sized(
            ImageFormat.Jpeg,
            BinaryPrimitives.ReadUInt16BigEndian(frame[5..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[3..]),
            bitsPerSample: frame[2],
            channels: frame[7]);
    }

    // C4 (Huffman tables), C8 (reserved) and CC (arithmetic conditioning) are in the same range.
    private static bool IsFrameHeader(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
