using System.Buffers.Binary;

namespace MedR1.Imaging.Dicom;

/// <summary>Finds a frame among the fragments of encapsulated pixels (PS3.5, A.4).</summary>
internal static class PackedFrames
{
    private const int ItemHeadBytes = 8;

    /// <exception cref="DicomException">The frame can't be located, or does not exist.</exception>
    public static ReadOnlyMemory<byte> Find(PixelFormat format, DataElement pixels, int frame)
    {
        if (pixels.Fragments is not [ReadOnlyMemory<byte> table, ..] || pixels.Fragments.Count < 2)
        {
            throw new DicomException(
                "The pixels are not encapsulated in fragments, as the transfer syntax requires, or there are none.");
        }

        List<ReadOnlyMemory<byte>> fragments = [.. pixels.Fragments.Skip(1)];
        if (format.Frames == 1)
        {
            return Join(fragments);
        }

        if (table.Length == format.Frames * 4)
        {
            return Join(Between(fragments, Offset(table, frame), frame + 1 < format.Frames ? Offset(table, frame + 1) : null));
        }

        return fragments.Count == format.Frames
            ? fragments[frame]
            : throw new DicomException(
                $"{format.Frames} frames in {fragments.Count} fragments without an offset table: the position of frame "
                + $"{frame} is unknown. Write the file again with a table, or with one fragment per frame.");
    }

    private static long Offset(ReadOnlyMemory<byte> table, int frame) =>
        BinaryPrimitives.ReadUInt32LittleEndian(table.Span[(frame * 4)..]);

    private static List<ReadOnlyMemory<byte>> Between(List<ReadOnlyMemory<byte>> fragments, long start, long? end)
    {
        List<ReadOnlyMemory<byte>> found = [];
        long at = 0;
        foreach (ReadOnlyMemory<byte> fragment in fragments)
        {
            if (at >= start && (end is null || at < end))
            {
                found.Add(fragment);
            }

            at += ItemHeadBytes + fragment.Length;
        }

        return found.Count > 0
            ? found
            : throw new DicomException($"The offset table says that a frame starts at {start}, but no fragment does.");
    }

    private static ReadOnlyMemory<byte> Join(List<ReadOnlyMemory<byte>> fragments)
    {
        if (fragments is [ReadOnlyMemory<byte> only])
        {
            return only;
        }

        byte[] joined = new byte[fragments.Sum(fragment => (long)fragment.Length)];
        int at = 0;
        foreach (ReadOnlyMemory<byte> fragment in fragments)
        {
            fragment.CopyTo(joined.AsMemory(at));
            at += fragment.Length;
        }

        return joined;
    }
}
