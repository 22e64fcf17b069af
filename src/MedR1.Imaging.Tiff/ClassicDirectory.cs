namespace MedR1.Imaging.Tiff;

/// <summary>
/// The first directory of a BigTIFF file as TIFF writes it, with offsets of 32 bits, which are enough for a file in memory. LibTiff.NET
/// reads it behind the file's end in place of the file's own, because it reads no big-endian BigTIFF.
/// </summary>
internal static class ClassicDirectory
{
    private const int Short = 3, Long = 4, Long8 = 16, SignedLong8 = 17, Offset8 = 18;

    /// <summary>What stands at the start of the file in place of its header, and what follows its end.</summary>
    /// <param name="file">The file, whose directory was checked.</param>
    /// <param name="layout">The file's layout.</param>
    public static (byte[] Header, byte[] Behind) Of(ReadOnlySpan<byte> file, TiffLayout layout)
    {
        TiffLayout classic = layout with { IsBigTiff = false };
        List<int> kept = Kept(file, layout);
        int padding = file.Length % 2, directory = file.Length + padding;
        int behindDirectory = directory + classic.EntryCountBytes + kept.Count * classic.EntryBytes + classic.InlineBytes;
        List<byte> entries = [.. new byte[padding]], values = [];
        Add(entries, classic, (ulong)kept.Count, classic.EntryCountBytes);
        foreach (int at in kept)
        {
            (int tag, int type, ulong count) = layout.Entry(file[at..]);
            Add(entries, classic, (ulong)tag, TiffLayout.BytesOf(Short));
            Add(entries, classic, (ulong)(type == Long8 ? Long : type), TiffLayout.BytesOf(Short));
            Add(entries, classic, count, TiffLayout.BytesOf(Long));
            ReadOnlySpan<byte> from = file[Place(file, layout, at)..];
            if (type == Long8)
            {
                List<byte> to = count == 1 ? entries : values;
                if (count != 1)
                {
                    Add(entries, classic, (ulong)(behindDirectory + values.Count), classic.InlineBytes);
                }

                for (int i = 0; i < (int)count; i++)
                {
                    Add(to, classic, layout.Number(from[(i * TiffLayout.BytesOf(Long8))..], Long8), TiffLayout.BytesOf(Long));
                }
            }
            else if (count * (ulong)TiffLayout.BytesOf(type) <= (ulong)classic.InlineBytes)
            {
                entries.AddRange(from[..classic.InlineBytes]);
            }
            else
            {
                // Also if the file has the values in its entry, in which more of them fit.
                Add(entries, classic, (ulong)Place(file, layout, at), classic.InlineBytes);
            }
        }

        Add(entries, classic, 0, classic.InlineBytes);
        List<byte> header = [.. file[..2]];
        Add(header, classic, 42, TiffLayout.BytesOf(Short));
        Add(header, classic, (ulong)directory, classic.InlineBytes);
        return ([.. header], [.. entries, .. values]);
    }

    // The places of the entries that TIFF can express. Of others, such as the places of further directories, no pixel depends.
    private static List<int> Kept(ReadOnlySpan<byte> file, TiffLayout layout)
    {
        List<int> kept = [];
        int first = (int)layout.DirectoryOffset(file), count = (int)layout.EntryCount(file[first..]);
        for (int entry = 0; entry < count; entry++)
        {
            int at = first + layout.EntryCountBytes + entry * layout.EntryBytes;
            if (CanBeKept(file, layout, at))
            {
                kept.Add(at);
            }
        }

        return kept;
    }

    private static bool CanBeKept(ReadOnlySpan<byte> file, TiffLayout layout, int at)
    {
        (_, int type, ulong count) = layout.Entry(file[at..]);
        if (TiffLayout.BytesOf(type) == 0 || type is SignedLong8 or Offset8)
        {
            return false;
        }

        ReadOnlySpan<byte> from = file[Place(file, layout, at)..];
        for (int i = 0; type == Long8 && i < (int)count; i++)
        {
            if (layout.Number(from[(i * TiffLayout.BytesOf(Long8))..], Long8) > uint.MaxValue)
            {
                return false;
            }
        }

        return true;
    }

    private static int Place(ReadOnlySpan<byte> file, TiffLayout layout, int at)
    {
        (_, int type, ulong count) = layout.Entry(file[at..]);
        int inside = at + layout.PlaceOfValues;
        return count <= (ulong)(layout.InlineBytes / TiffLayout.BytesOf(type)) ? inside : (int)layout.Offset(file[inside..]);
    }

    private static void Add(List<byte> to, TiffLayout layout, ulong number, int bytes)
    {
        for (int i = 0; i < bytes; i++)
        {
            to.Add((byte)(number >> 8 * (layout.IsBigEndian ? bytes - 1 - i : i)));
        }
    }
}
