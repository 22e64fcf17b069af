namespace MedR1.Datasets;

/// <summary>
/// Reads the size of a TIFF file's first page from its directory, which may be anywhere in the file. Columns and rows are those of the
/// image once it is turned as its tag for orientation says, as <c>MedR1.Imaging.Tiff</c> decodes it.
/// </summary>
internal sealed class TiffHeaderSize(TiffLayout layout, byte[] start, Stream stream)
{
    private const int Width = 256, Height = 257, Orientation = 274;

    // The first orientation in which the stored rows are columns (TIFF 6.0, section 8).
    private const long FirstTurned = 5;
    private const long LastTurned = 8;
    private long _read = start.Length;

    /// <summary>The size; 0 where the file has none or ends early.</summary>
    public (long Width, long Height) Read()
    {
        ulong at = start.Length < layout.HeaderBytes ? 0 : layout.DirectoryOffset(start);
        if (at is 0 or > long.MaxValue || Take((long)at, layout.EntryCountBytes) is not byte[] counted)
        {
            return (0, 0);
        }

        (long width, long height, long orientation) = (0, 0, 1);
        long next = (long)at + layout.EntryCountBytes;
        for (ulong left = Math.Min(layout.EntryCount(counted), ushort.MaxValue); left > 0; left--, next += layout.EntryBytes)
        {
            if (Take(next, layout.EntryBytes) is not byte[] entry)
            {
                return (0, 0);
            }

            switch (layout.Entry(entry).Tag)
            {
                case Width:
                    width = Single(entry);
                    break;
                case Height:
                    height = Single(entry);
                    break;
                case Orientation:
                    orientation = Single(entry);
                    break;
            }
        }

        return orientation is >= FirstTurned and <= LastTurned ? (height, width) : (width, height);
    }

    // The only value of an entry; 0 if it has several, or none that is an integer, or one of 64 bits elsewhere in a classic file.
    private long Single(byte[] entry)
    {
        (_, int type, ulong count) = layout.Entry(entry);
        return count == 1 && TiffLayout.IsNumber(type) && TiffLayout.BytesOf(type) <= layout.InlineBytes
            ? (long)Math.Min(layout.Number(entry.AsSpan(layout.PlaceOfValues), type), int.MaxValue) : 0;
    }

    // The bytes from a place on, or null if the stream ends before. Places only increase, so that a stream need not be seekable, and what
    // is skipped is not kept, since a damaged file may call any place that of its directory.
    private byte[]? Take(long at, int count)
    {
        byte[] taken = new byte[count];
        int known = (int)Math.Clamp(start.Length - at, 0, count);
        start.AsSpan((int)Math.Min(at, start.Length), known).CopyTo(taken);
        if (!Skip(at + known))
        {
            return null;
        }

        int read = stream.ReadAtLeast(taken.AsSpan(known), count - known, throwOnEndOfStream: false);
        _read += read;
        return read == count - known ? taken : null;
    }

    private bool Skip(long to)
    {
        if (stream.CanSeek && to > _read)
        {
            if (to - _read > stream.Length - stream.Position)
            {
                return false;
            }

            stream.Seek(to - _read, SeekOrigin.Current);
            _read = to;
        }

        byte[] skipped = new byte[Math.Clamp(to - _read, 0, 1 << 16)];
        while (_read < to)
        {
            int read = stream.Read(skipped, 0, (int)Math.Min(skipped.Length, to - _read));
            if (read == 0)
            {
                return false;
            }

            _read += read;
        }

        return true;
    }
}
