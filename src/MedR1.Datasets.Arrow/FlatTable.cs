using System.Buffers.Binary;

namespace MedR1.Datasets.Arrow;

/// <summary>A FlatBuffers table, read without trusting any of its offsets.</summary>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> _buffer;
    private readonly int _at;

    private FlatTable(ReadOnlySpan<byte> buffer, int at)
    {
        _buffer = buffer;
        _at = at;
    }

    /// <summary>The root table of a buffer.</summary>
    public static FlatTable Root(ReadOnlySpan<byte> buffer) => new(buffer, Follow(buffer, 0));

    public byte Byte(int field)
    {
        int at = Place(field);
        return at == 0 || at >= _buffer.Length ? (byte)0 : _buffer[at];
    }

    /// <summary>A table in a field.</summary>
    /// <exception cref="InvalidDataException">The table is missing, or outside the buffer.</exception>
    public FlatTable Table(int field) => Place(field) is int at and > 0
        ? new FlatTable(_buffer, Follow(_buffer, at))
        : throw Broken();

    public long Int64(int field)
    {
        int at = Place(field);
        return at == 0 ? 0 : Int64(_buffer, at);
    }

    /// <summary>The length of a vector in a field, by default of tables; 0 if there is none.</summary>
    /// <exception cref="InvalidDataException">The vector extends past the buffer.</exception>
    public int Count(int field, int entryBytes = 4)
    {
        if (Place(field) is not (int at and > 0))
        {
            return 0;
        }

        int list = Follow(_buffer, at);
        int count = Int32(_buffer, list);
        return count >= 0 && count <= (_buffer.Length - list - 4) / entryBytes ? count : throw Broken();
    }

    /// <summary>An entry of a vector of tables.</summary>
    /// <exception cref="InvalidDataException">It is outside the buffer.</exception>
    public FlatTable Entry(int field, int index) =>
        new(_buffer, Follow(_buffer, Follow(_buffer, Place(field)) + 4 + index * 4));

    /// <summary>An entry of a vector of 64-bit integers.</summary>
    /// <exception cref="InvalidDataException">It is outside the buffer.</exception>
    public long Int64Entry(int field, int index) => Int64(_buffer, Follow(_buffer, Place(field)) + 4 + index * 8);

    private static int Follow(ReadOnlySpan<byte> buffer, int at)
    {
        long target = (long)at + (uint)Int32(buffer, at);
        return target > at && target <= buffer.Length - 4 ? (int)target : throw Broken();
    }

    private static int Int32(ReadOnlySpan<byte> buffer, int at) => at >= 0 && at <= buffer.Length - 4
        ? BinaryPrimitives.ReadInt32LittleEndian(buffer[at..])
        : throw Broken();

    private static long Int64(ReadOnlySpan<byte> buffer, int at) => at >= 0 && at <= buffer.Length - 8
        ? BinaryPrimitives.ReadInt64LittleEndian(buffer[at..])
        : throw Broken();

    private static InvalidDataException Broken() => new("a message is damaged.");

    // A table starts with the offset back to its vtable, the list of its fields' offsets, in which 0 means the default value.
    private int Place(int field)
    {
        long places = _at - (long)Int32(_buffer, _at);
        int entry = 4 + field * 2;
        if (places < 0 || places + 4 > _buffer.Length)
        {
            throw Broken();
        }

        int size = BinaryPrimitives.ReadUInt16LittleEndian(_buffer[(int)places..]);
        if (entry + 2 > size)
        {
            return 0;
        }

        if (places + entry + 2 > _buffer.Length)
        {
            throw Broken();
        }

        int offset = BinaryPrimitives.ReadUInt16LittleEndian(_buffer[(int)(places + entry)..]);
        return offset == 0 ? 0 : _at + offset;
    }
}
