using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>
/// Checks the directory of a file's first page before LibTiff.NET allocates what it declares: all values must lie in the file, and
/// there must be as many strips or tiles as the size needs.
/// </summary>
internal ref struct TiffDirectory
{
    private const int OffsetBytes = 8;
    private readonly ReadOnlySpan<byte> _file;
    private readonly TiffLayout _layout;
    private readonly Dictionary<TiffTag, (int Type, long Count, int At)> _entries = [];

    private TiffDirectory(ReadOnlySpan<byte> file)
    {
        _file = file;
        _layout = TiffLayout.Of(file) ?? throw TiffPage.Broken("");
        ulong at = file.Length >= _layout.HeaderBytes ? _layout.DirectoryOffset(file) : (ulong)file.Length;
        ulong count = IsInside(at, (ulong)_layout.EntryCountBytes) ? _layout.EntryCount(file[(int)at..]) : 0;

        // LibTiff.NET allocates the entries; TIFF counts them in 16 bits, and BigTIFF in 64, which no file needs.
        if (count is 0 or > ushort.MaxValue || !IsInside(at, (ulong)_layout.EntryCountBytes + count * (ulong)_layout.EntryBytes))
        {
            throw TiffPage.Broken($"its directory at byte {at} is empty or lies outside of its {file.Length} bytes");
        }

        // Of BigTIFF, the header says how many bytes an offset has.
        if (_layout.IsBigTiff && (_layout.Number(file[4..], 3), _layout.Number(file[6..], 3)) != (OffsetBytes, 0))
        {
            throw TiffPage.Broken($"its offsets have {_layout.Number(file[4..], 3)} bytes instead of {OffsetBytes}");
        }

        for (int entry = 0; entry < (int)count; entry++)
        {
            Add((int)at + _layout.EntryCountBytes + entry * _layout.EntryBytes);
        }
    }

    /// <exception cref="ImageFormatException">The directory is broken.</exception>
    public static void Check(ReadOnlySpan<byte> file)
    {
        TiffDirectory directory = new(file);
        long width = directory.Single(TiffTag.IMAGEWIDTH, 0), height = directory.Single(TiffTag.IMAGELENGTH, 0);
        long planes = directory.Single(TiffTag.PLANARCONFIG, 1) == 2 ? directory.Single(TiffTag.SAMPLESPERPIXEL, 1) : 1;
        bool isTiled = directory._entries.ContainsKey(TiffTag.TILEWIDTH);
        long blockWidth = isTiled ? directory.Single(TiffTag.TILEWIDTH, 0) : width;
        long blockHeight = isTiled ? directory.Single(TiffTag.TILELENGTH, 0) : directory.Single(TiffTag.ROWSPERSTRIP, uint.MaxValue);
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue || blockWidth is 0 or > int.MaxValue
            || blockHeight == 0 || blockHeight > (isTiled ? int.MaxValue : uint.MaxValue))
        {
            throw TiffPage.Broken($"it declares {width} x {height} pixels, in parts of {blockWidth} x {blockHeight}");
        }

        // Of sizes near the limit, the product is more than 64 bits.
        Int128 needed = ((Int128)width + blockWidth - 1) / blockWidth * (((Int128)height + blockHeight - 1) / blockHeight) * planes;
        (TiffTag offsets, TiffTag byteCounts) = isTiled
            ? (TiffTag.TILEOFFSETS, TiffTag.TILEBYTECOUNTS) : (TiffTag.STRIPOFFSETS, TiffTag.STRIPBYTECOUNTS);
        long given = Math.Min(directory.CountOf(offsets), directory.CountOf(byteCounts));
        if (given < needed)
        {
            throw TiffPage.Broken($"its {width} x {height} pixels need {needed} strips or tiles, but it has {given}");
        }

        for (int part = 0; part < given; part++)
        {
            (long start, long bytes) = (directory.Number(offsets, part), directory.Number(byteCounts, part));
            if (!directory.IsInside((ulong)start, (ulong)bytes))
            {
                throw TiffPage.Broken($"strip or tile {part}, {bytes} bytes from byte {start}, lies outside of its {file.Length} bytes");
            }
        }
    }

    // Without a sum, which offsets of 64 bits would make too large to count.
    private readonly bool IsInside(ulong start, ulong bytes) => start <= (ulong)_file.Length && bytes <= (ulong)_file.Length - start;

    private void Add(int at)
    {
        ReadOnlySpan<byte> entry = _file.Slice(at, _layout.EntryBytes);
        (int tag, int type, ulong count) = _layout.Entry(entry);
        int bytesOfOne = TiffLayout.BytesOf(type);
        bool isInline = bytesOfOne == 0 || count <= (ulong)(_layout.InlineBytes / bytesOfOne);
        ulong start = isInline ? (ulong)(at + _layout.PlaceOfValues) : _layout.Offset(entry[_layout.PlaceOfValues..]);
        if (!isInline && (count > (ulong)_file.Length || !IsInside(start, count * (ulong)bytesOfOne)))
        {
            throw TiffPage.Broken($"the {count} values of its tag {(TiffTag)tag} lie outside of its {_file.Length} bytes");
        }

        if (!_entries.TryAdd((TiffTag)tag, (type, (long)Math.Min(count, long.MaxValue), (int)start)))
        {
            throw TiffPage.Broken($"its tag {(TiffTag)tag} occurs twice");
        }
    }

    private readonly long CountOf(TiffTag tag) => _entries.TryGetValue(tag, out (int Type, long Count, int At) entry) ? entry.Count : 0;

    private readonly long Single(TiffTag tag, long otherwise) => CountOf(tag) switch
    {
        0 => otherwise,
        1 => Number(tag, 0),
        long count => throw TiffPage.Broken($"its tag {tag} has {count} values instead of one"),
    };

    // At most 2^63 - 1, which is beyond every limit.
    private readonly long Number(TiffTag tag, int index)
    {
        (int type, _, int at) = _entries[tag];
        return TiffLayout.IsNumber(type)
            ? (long)Math.Min(_layout.Number(_file[(at + index * TiffLayout.BytesOf(type))..], type), long.MaxValue)
            : throw TiffPage.Broken($"its tag {tag} has type {type}");
    }
}
