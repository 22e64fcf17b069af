using System.Buffers.Binary;

namespace MedR1;

/// <summary>
/// The frame header (SOF) of a JPEG file (ITU-T T.81, annex B), found by walking the segments before it, or the reason why it isn't
/// found.
/// </summary>
/// <param name="Start">The offset of the header's length field, just after its marker; 0 if the header isn't found.</param>
/// <param name="BytesNeeded">The number of bytes of the file needed to continue the walk; 0 if more bytes would not help.</param>
/// <param name="Problem">What is broken if no more bytes follow; null if the file is at most truncated.</param>
internal readonly record struct JpegFrameHeader(int Start, long BytesNeeded, string? Problem)
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const int BytesUsed = 8;

    /// <summary>Walks the segments of a file that starts with the signature.</summary>
    /// <param name="encoded">The available bytes of the file, from its start.</param>
    public static JpegFrameHeader Find(ReadOnlySpan<byte> encoded)
    {
        int position = 2;
        while (true)
        {
            if (SkipToMarker(encoded, ref position) is { } end)
            {
                return end;
            }

            byte marker = encoded[position++];
            if (marker is StartOfScan or EndOfImage)
            {
                return Broken("its image data comes before any frame header");
            }

            if (marker is 0x01 or StartOfImage or (>= 0xD0 and <= 0xD7))
            {
                continue;
            }

            if (encoded.Length < position + 2L)
            {
                return Needs(position + 2L);
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(encoded[position..]);
            if (length < 2)
            {
                return Broken($"segment FF{marker:X2} at byte {position} declares a length of {length} bytes");
            }

            if (IsFrame(marker))
            {
                return encoded.Length < position + (long)BytesUsed ? Needs(position + (long)BytesUsed) : new(position, 0, null);
            }

            position += length;
        }
    }

    /// <summary>The width and height in the header, if it was found.</summary>
    public (int Width, int Height) Size(ReadOnlySpan<byte> encoded) =>
        (BinaryPrimitives.ReadUInt16BigEndian(encoded[(Start + 5)..]),
            BinaryPrimitives.ReadUInt16BigEndian(encoded[(Start + 3)..]));

    // Moves to the byte that gives the next segment's type; otherwise returns why there is none.
    private static JpegFrameHeader? SkipToMarker(ReadOnlySpan<byte> encoded, ref int position)
    {
        if (encoded.Length < position + 2L)
        {
            return Needs(position + 2L);
        }

        // Decoders skip invalid bytes between segments (libjpeg: "extraneous bytes before marker").
        int stray = encoded[position..].IndexOf((byte)0xFF);
        if (stray < 0)
        {
            return new(
                0,
                encoded.Length + 1L,
                $"byte {position} is {encoded[position]:X2} where a marker (FF) is expected, and none follows");
        }

        position += stray;

        // Any number of FF bytes may pad the space before a marker.
        do
        {
            position++;
            if (encoded.Length < position + 1L)
            {
                return Needs(position + 1L);
            }
        }
        while (encoded[position] == 0xFF);
        return null;
    }

    // C4 (Huffman tables), C8 (reserved) and CC (arithmetic conditioning) are in the same range.
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static JpegFrameHeader Needs(long bytes) => new(0, bytes, null);

    private static JpegFrameHeader Broken(string problem) => new(0, 0, problem);
}
