using System.Buffers.Binary;
using BitMiracle.LibTiff.Classic;

namespace MedR1.Imaging.Tiff;

/// <summary>
/// Checks the directory of a file's first page before LibTiff.NET allocates what it declares: all values must lie in the file, and
/// there must be as many strips or tiles as the size needs.
/// </summary>
internal ref struct TiffDirectory
{
    private const int EntryBytes = 12;
    private const int SizeOfHeader = 8;
    private static readonly int[] s_typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
    private readonly ReadOnlySpan<byte> _file;
    private readonly bool _isBig;
    private readonly Dictionary<TiffTag, (int Type, long Count, int At)> _entries = [];

    private TiffDirectory(ReadOnlySpan<byte> file)
    {
        _file = file;
        _isBig = file[0] == 'M';
        long at = file.Length >= SizeOfHeader ? Long(4) : file.Length;
        int count = at + 2 <= file.Length ? Short((int)at) : 0;
        if (count == 0 || at + 2 + (long)count * EntryBytes > file.Length)
        {
            throw TiffPage.Broken($"its directory at byte {at} is empty or lies outside of its {file.Length} bytes");
        }

        for (int entry = 0; entry < count; entry++)
        {
            Add((int)at + 2 + entry * EntryBytes);
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
        if (width is 0 or > int.MaxValue || height is 0 or > int.MaxValue || blockWidth == 0 || blockHeight == 0)
        {
            throw TiffPage.Broken($"it declares {width} x {height} pixels, in parts of {blockWidth} x {blockHeight}");
        }

        // Of sizes near the limit, the product is more than 64 bits.
        Int128 needed = (Int128)((width + blockWidth - 1) / blockWidth) * ((height + blockHeight - 1) / blockHeight) * planes;
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
            if (start + bytes > file.Length)
            {
                throw TiffPage.Broken($"strip or tile {part}, {bytes} bytes from byte {start}, lies outside of its {file.Length} bytes");
            }
        }
    }

    private void Add(int at)
    {
        (TiffTag tag, int type, long count) = ((TiffTag)Short(at), Short(at + 2), Long(at + 4));
        long bytes = type < s_typeBytes.Length ? count * s_typeBytes[type] : 0;
        if (bytes > 4 && Long(at + 8) + bytes > _file.Length)
        {
            throw TiffPage.Broken($"the {count} values of its tag {tag} lie outside of its {_file.Length} bytes");
        }

        if (!_entries.TryAdd(tag, (type, count, at + 8)))
        {
            throw TiffPage.Broken($"its tag {tag} occurs twice");
        }
    }

    private readonly long CountOf(TiffTag tag) => _entries.TryGetValue(tag, out (int Type, long Count, int At) entry) ? entry.Count : 0;

    private readonly long Single(TiffTag tag, long otherwise) => CountOf(tag) switch
    {
        0 => otherwise,
        1 => Number(tag, 0),
        long count => throw TiffPage.Broken($"its tag {tag} has {count} values instead of one"),
    };

    private readonly long Number(TiffTag tag, int index)
    {
        (int type, long count, int at) = _entries[tag];
        int bytes = type is 1 or 3 or 4 ? s_typeBytes[type] : throw TiffPage.Broken($"its tag {tag} has type {type}");
        int place = (count * bytes > 4 ? (int)Long(at) : at) + index * bytes;
        return type == 1 ? _file[place] : type == 3 ? Short(place) : Long(place);
    }

    private readonly int Short(int at) => _isBig
        ? BinaryPrimitives.ReadUInt16BigEndian(_file[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(_file[at..]);

    private readonly long Long(int at) => _isBig
        ? BinaryPrimitives.ReadUInt32BigEndian(_file[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(_file[at..]);
}
