using System.Buffers.Binary;

namespace MedR1.Imaging.Dicom;

/// <summary>Decodes a run-length encoded frame: one segment per byte of each sample, most significant first (PS3.5, G).</summary>
internal static class RunLengthDecoder
{
    private const int HeadBytes = 64;
    private const int MostSegments = 15;

    // Two bytes expand to at most 128 bytes.
    private const int MostExpansion = 64;

    /// <exception cref="DicomException">The segments are broken, too many, too few or too short.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> packed, PixelFormat format)
    {
        int segments = format.Samples * format.SampleBytes;
        if (packed.Length < HeadBytes || BinaryPrimitives.ReadUInt32LittleEndian(packed) != segments || segments > MostSegments)
        {
            throw new DicomException($"A run-length encoded frame does not start with its {segments} segments.");
        }

        if ((long)packed.Length * MostExpansion < format.FrameBytes)
        {
            throw new DicomException(
                $"{packed.Length} run-length encoded bytes can't contain the {format.FrameBytes} bytes of a frame.");
        }

        byte[] unpacked = new byte[format.FrameBytes];
        for (int segment = 0; segment < segments; segment++)
        {
            uint start = Offset(packed, segment);
            uint end = segment + 1 < segments ? Offset(packed, segment + 1) : (uint)packed.Length;
            if (start < HeadBytes || end < start || end > packed.Length)
            {
                throw new DicomException($"Segment {segment} is from byte {start} to {end} of {packed.Length}.");
            }

            // The segments of a sample are in big-endian order; the result is little-endian.
            int sample = segment / format.SampleBytes;
            int place = format.SampleBytes - 1 - segment % format.SampleBytes;
            DecodeSegment(
                packed[(int)start..(int)end], unpacked, sample * format.SampleBytes + place,
                format.Samples * format.SampleBytes, format.PixelCount, segment);
        }

        return unpacked;
    }

    private static uint Offset(ReadOnlySpan<byte> packed, int segment) =>
        BinaryPrimitives.ReadUInt32LittleEndian(packed[(4 + segment * 4)..]);

    private static void DecodeSegment(
        ReadOnlySpan<byte> packed, Span<byte> target, int at, int step, int count, int segment)
    {
        int read = 0;
        int written = 0;
        while (written < count && read < packed.Length)
        {
            int control = (sbyte)packed[read++];
            if (control == -128)
            {
                continue;
            }

            int length = Math.Min(control >= 0 ? control + 1 : 1 - control, count - written);
            int needed = control >= 0 ? length : 1;
            if (read + needed > packed.Length)
            {
                break;
            }

            for (int i = 0; i < length; i++, written++, at += step)
            {
                target[at] = packed[control >= 0 ? read + i : read];
            }

            read += control >= 0 ? control + 1 : 1;
        }

        if (written < count)
        {
            throw new DicomException($"Segment {segment} contains only {written} of {count} bytes. The file is damaged.");
        }
    }
}
