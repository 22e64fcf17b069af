using System.Buffers.Binary;

namespace MedR1;

/// <summary>
/// How a TIFF file writes its numbers: byte order, and offsets of 32 bits (TIFF 6.0, section 2) or of 64 (BigTIFF). Numbers are read
/// without any checks: the caller must provide enough bytes and validate what they say.
/// </summary>
/// <param name="IsBigEndian">Whether the higher byte comes first.</param>
/// <param name="IsBigTiff">Whether offsets and counts have 64 bits.</param>
internal readonly record struct TiffLayout(bool IsBigEndian, bool IsBigTiff)
{
    private const int Byte = 1, Short = 3, Long = 4, Long8 = 16;

    /// <summary>The number of bytes that the header takes at most.</summary>
    public const int MostHeaderBytes = 16;

    /// <summary>The number of bytes that the header takes.</summary>
    public int HeaderBytes => IsBigTiff ? MostHeaderBytes : 8;

    /// <summary>The number of bytes that a directory's number of entries takes.</summary>
    public int EntryCountBytes => IsBigTiff ? 8 : 2;

    /// <summary>The number of bytes of a directory's entry: tag, type, number of values, and the values or their offset.</summary>
    public int EntryBytes => IsBigTiff ? 20 : 12;

    /// <summary>The number of bytes of values that an entry contains itself; others are where it says.</summary>
    public int InlineBytes => IsBigTiff ? 8 : 4;

    /// <summary>The place of the values, or of their offset, in an entry.</summary>
    public int PlaceOfValues => EntryBytes - InlineBytes;

    /// <summary>The layout of a file; null if it is no TIFF file.</summary>
    /// <param name="start">The file's first bytes.</param>
    public static TiffLayout? Of(ReadOnlySpan<byte> start) => start switch
    {
        [(byte)'I', (byte)'I', 42, 0, ..] => new TiffLayout(false, false),
        [(byte)'M', (byte)'M', 0, 42, ..] => new TiffLayout(true, false),
        [(byte)'I', (byte)'I', 43, 0, ..] => new TiffLayout(false, true),
        [(byte)'M', (byte)'M', 0, 43, ..] => new TiffLayout(true, true),
        _ => null,
    };

    /// <summary>The number of bytes of a value of a type (TIFF 6.0, section 2; BigTIFF); 0 for unknown types.</summary>
    public static int BytesOf(int type) => type switch
    {
        Byte or 2 or 6 or 7 => 1,
        Short or 8 => 2,
        Long or 9 or 11 or 13 => 4,
        5 or 10 or 12 or Long8 or 17 or 18 => 8,
        _ => 0,
    };

    /// <summary>Whether a type is one of the unsigned integers that <see cref="Number"/> reads.</summary>
    public static bool IsNumber(int type) => type is Byte or Short or Long or Long8;

    /// <summary>The offset of the first directory, in the header.</summary>
    public ulong DirectoryOffset(ReadOnlySpan<byte> header) => Offset(header[(HeaderBytes - InlineBytes)..]);

    /// <summary>The number of entries at the start of a directory.</summary>
    public ulong EntryCount(ReadOnlySpan<byte> directory) => Number(directory, IsBigTiff ? Long8 : Short);

    /// <summary>The tag, type and number of values of an entry.</summary>
    public (int Tag, int Type, ulong Count) Entry(ReadOnlySpan<byte> entry) =>
        ((int)Number(entry, Short), (int)Number(entry[2..], Short), Offset(entry[4..]));

    /// <summary>An offset or a number of values.</summary>
    public ulong Offset(ReadOnlySpan<byte> at) => Number(at, IsBigTiff ? Long8 : Long);

    /// <summary>An unsigned integer.</summary>
    public ulong Number(ReadOnlySpan<byte> at, int type) => (type, IsBigEndian) switch
    {
        (Byte, _) => at[0],
        (Short, true) => BinaryPrimitives.ReadUInt16BigEndian(at),
        (Short, false) => BinaryPrimitives.ReadUInt16LittleEndian(at),
        (Long, true) => BinaryPrimitives.ReadUInt32BigEndian(at),
        (Long, false) => BinaryPrimitives.ReadUInt32LittleEndian(at),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(at),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(at),
    };
}
