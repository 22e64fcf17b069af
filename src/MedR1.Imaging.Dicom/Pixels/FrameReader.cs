namespace MedR1.Imaging.Dicom;

/// <summary>Finds and decodes the bytes of one frame: samples in little-endian order, interleaved.</summary>
internal sealed class FrameReader(PixelFormat format, TransferSyntax syntax, DataElement pixels)
{
    /// <summary>The frame's decoded bytes, for native and run-length encoding.</summary>
    /// <exception cref="DicomException">The frame is missing or broken.</exception>
    public ReadOnlyMemory<byte> Read(int frame)
    {
        if (syntax.Encoding == PixelEncoding.Native)
        {
            return format.HasSharedChroma ? SharedChroma.Expand(Native(frame).Span, format) : Interleave(Native(frame));
        }

        byte[] unpacked = RunLengthDecoder.Decode(PackedFrames.Find(format, pixels, frame).Span, format);
        return unpacked;
    }

    /// <summary>The frame's JPEG file.</summary>
    /// <exception cref="DicomException">The frame is missing.</exception>
    public ReadOnlyMemory<byte> ReadJpeg(int frame) => PackedFrames.Find(format, pixels, frame);

    private ReadOnlyMemory<byte> Native(int frame)
    {
        if (pixels.Fragments is not null)
        {
            throw new DicomException($"The pixels are encapsulated in fragments, but transfer syntax '{syntax.Uid}' has none.");
        }

        long count = format.HasSharedChroma ? SharedChroma.FrameBytes(format) : format.FrameBytes;
        long start = frame * count;
        if (start + count > pixels.Value.Length)
        {
            throw new DicomException(
                $"Frame {frame} ends at byte {start + count} of the pixels, but there are only {pixels.Value.Length}. Was the file "
                + "cut off while copying?");
        }

        ReadOnlyMemory<byte> bytes = pixels.Value.Slice((int)start, (int)count);

        // Big-endian words are swapped, including 8-bit samples packed in words.
        bool isInWords = format.SampleBytes == 2 || pixels.Representation == "OW";
        return syntax.IsBigEndian && isInWords ? Swap(pixels.Value, (int)start, bytes.Length) : bytes;
    }

    // Swaps by the words of the whole value, since a frame of 8-bit samples can start in the middle of a word.
    private static byte[] Swap(ReadOnlyMemory<byte> value, int start, int count)
    {
        ReadOnlySpan<byte> source = value.Span;
        byte[] swapped = new byte[count];
        for (int i = 0; i < count; i++)
        {
            int at = (start + i) ^ 1;
            swapped[i] = source[Math.Min(at, source.Length - 1)];
        }

        return swapped;
    }

    private ReadOnlyMemory<byte> Interleave(ReadOnlyMemory<byte> bytes)
    {
        if (format.Samples == 1 || !format.IsPlanar)
        {
            return bytes;
        }

        ReadOnlySpan<byte> planes = bytes.Span;
        byte[] interleaved = new byte[bytes.Length];
        for (int sample = 0; sample < format.Samples; sample++)
        {
            ReadOnlySpan<byte> plane = planes.Slice(sample * format.PixelCount, format.PixelCount);
            for (int i = 0; i < plane.Length; i++)
            {
                interleaved[i * format.Samples + sample] = plane[i];
            }
        }

        return interleaved;
    }
}
