namespace MedR1.Datasets.Parquet;

/// <summary>Reads unvalidated bytes: single bytes, slices, and variable-length integers.</summary>
/// <param name="bytes">The bytes.</param>
/// <param name="what">The content of the bytes, as the start of an error message: "a header is".</param>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes, string what)
{
    // 64 bits take ten groups of seven.
    private const int MostBits = 70;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The number of bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of bytes not read yet.</summary>
    public readonly int Left => _bytes.Length - Position;

    /// <summary>The exception for invalid bytes.</summary>
    public readonly InvalidDataException Broken() => new($"{what} damaged.");

    /// <exception cref="InvalidDataException">No byte is left.</exception>
    public byte Byte() => Take(1)[0];

    /// <summary>The next bytes.</summary>
    /// <exception cref="InvalidDataException">There are fewer bytes left.</exception>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)Left)
        {
            throw Broken();
        }

        Position += (int)count;
        return _bytes.Slice(Position - (int)count, (int)count);
    }

    /// <summary>
    /// Reads an integer in groups of seven bits, the lowest first; the eighth bit says whether another group follows.
    /// </summary>
    /// <exception cref="InvalidDataException">It does not end, or not within 64 bits.</exception>
    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < MostBits; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 127) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        throw Broken();
    }

    /// <summary>Reads a zigzag-encoded signed integer: even numbers count up from 0, odd ones down from -1.</summary>
    /// <exception cref="InvalidDataException">It does not end, or not within 64 bits.</exception>
    public long ZigZag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
