using System.Buffers.Binary;
using Type = global::Parquet.Meta.Type;

namespace MedR1.Datasets.Parquet;

/// <summary>Decodes delta and run-length encoded values (Parquet's <c>Encodings.md</c>) to plain values.</summary>
/// <param name="bytes">A page's values.</param>
/// <param name="mostValues">The number of values that the page's header claims, nulls included.</param>
/// <param name="budget">The budget for plain values; texts with shared prefixes can expand enormously.</param>
internal ref struct DeltaReader(ReadOnlySpan<byte> bytes, int mostValues, ByteBudget budget)
{
    private VarintReader _reader = new(bytes, "a page's values are");

    /// <summary>Converts the page's values to the plain encoding.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="type">The column's physical type.</param>
    /// <exception cref="InvalidDataException">The values are damaged, or their type does not support the encoding.</exception>
    public byte[] ToPlain(PageEncoding encoding, Type type) => (encoding, type) switch
    {
        // If all values are null, some writers write nothing.
        _ when _reader.Left == 0 => [],
        (PageEncoding.Runs, Type.BOOLEAN) => Booleans(),
        (PageEncoding.DeltaIntegers, Type.INT32) => Integers(sizeof(int)),
        (PageEncoding.DeltaIntegers, Type.INT64) => Integers(sizeof(long)),
        (PageEncoding.DeltaLengths, Type.BYTE_ARRAY) => Texts(null, hasLengths: true),
        (PageEncoding.DeltaBytes, Type.BYTE_ARRAY or Type.FIXED_LEN_BYTE_ARRAY) =>
            Texts(Deltas(), hasLengths: type == Type.BYTE_ARRAY),
        _ => throw new InvalidDataException($"values of type {type} can't have the encoding {encoding}."),
    };

    // Both widths wrap around, as in the writer: differences of 32-bit integers are modulo 2^32.
    private byte[] Integers(int size)
    {
        long[] values = Deltas();
        budget.Take((long)values.Length * size);
        byte[] plain = new byte[values.Length * size];
        for (int i = 0; i < values.Length; i++)
        {
            if (size == sizeof(int))
            {
                BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(i * size), unchecked((int)values[i]));
            }
            else
            {
                BinaryPrimitives.WriteInt64LittleEndian(plain.AsSpan(i * size), values[i]);
            }
        }

        return plain;
    }

    private byte[] Texts(long[]? shared, bool hasLengths)
    {
        long[] lengths = Deltas();
        if (shared is not null && shared.Length != lengths.Length)
        {
            throw _reader.Broken();
        }

        int headBytes = hasLengths ? sizeof(int) : 0;
        byte[] plain = new byte[PlainBytes(shared, lengths, headBytes)];
        int text = 0;
        int at = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            int start = (int)(shared?[i] ?? 0);
            if (hasLengths)
            {
                BinaryPrimitives.WriteInt32LittleEndian(plain.AsSpan(at), start + (int)lengths[i]);
                at += headBytes;
            }

            plain.AsSpan(text, start).CopyTo(plain.AsSpan(at));
            _reader.Take((ulong)lengths[i]).CopyTo(plain.AsSpan(at + start));
            text = at;
            at += start + (int)lengths[i];
        }

        return plain;
    }

    // Checks all lengths before allocating anything for texts.
    private readonly long PlainBytes(long[]? shared, long[] lengths, int headBytes)
    {
        long total = 0;
        long own = 0;
        long before = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            long start = shared?[i] ?? 0;
            if (start < 0 || start > before || lengths[i] < 0 || lengths[i] > _reader.Left - own)
            {
                throw _reader.Broken();
            }

            own += lengths[i];
            before = start + lengths[i];
            total += headBytes + before;
        }

        budget.Take(total);
        return total;
    }

    private byte[] Booleans()
    {
        // The runs are preceded by their length in bytes, as for levels.
        if (BinaryPrimitives.ReadInt32LittleEndian(_reader.Take(sizeof(int))) != _reader.Left)
        {
            throw _reader.Broken();
        }

        byte[] plain = new byte[(mostValues + 7) / 8];
        int count = 0;
        while (_reader.Left > 0 && count < mostValues)
        {
            ulong head = _reader.Varint();
            bool isRun = (head & 1) == 0;
            ulong length = isRun ? head >> 1 : (head >> 1) * 8;
            ReadOnlySpan<byte> bits = _reader.Take(isRun ? 1 : Math.Min(head >> 1, (ulong)_reader.Left));
            if (length == 0)
            {
                throw _reader.Broken();
            }

            for (ulong i = 0; i < length && count < mostValues && (isRun || i < (ulong)bits.Length * 8); i++, count++)
            {
                int bit = isRun ? bits[0] & 1 : bits[(int)(i / 8)] >> (int)(i % 8) & 1;
                plain[count / 8] |= (byte)(bit << count % 8);
            }
        }

        return plain;
    }

    private long[] Deltas()
    {
        ulong block = _reader.Varint();
        ulong parts = _reader.Varint();
        ulong count = _reader.Varint();
        long value = _reader.ZigZag();
        if (count > (ulong)mostValues || parts is 0 or > 4096 || block > 1 << 20 || block % (parts * 8) != 0 || block == 0)
        {
            throw _reader.Broken();
        }

        long[] values = new long[count];
        int done = 0;
        if (count > 0)
        {
            values[done++] = value;
        }

        while (done < values.Length)
        {
            long least = _reader.ZigZag();
            ReadOnlySpan<byte> widths = _reader.Take(parts);
            for (int part = 0; part < widths.Length && done < values.Length; part++)
            {
                ReadOnlySpan<byte> packed =
                    widths[part] <= 64 ? _reader.Take(block / parts / 8 * widths[part]) : throw _reader.Broken();
                for (int i = 0; i < (int)(block / parts) && done < values.Length; i++)
                {
                    value = unchecked(value + least + (long)Bits(packed, i * widths[part], widths[part]));
                    values[done++] = value;
                }
            }
        }

        return values;
    }

    private static ulong Bits(ReadOnlySpan<byte> packed, int start, int width)
    {
        ulong bits = 0;
        for (int got = 0; got < width;)
        {
            int offset = (start + got) % 8;
            int taken = Math.Min(8 - offset, width - got);
            ulong piece = (ulong)(packed[(start + got) / 8] >> offset) & ((1UL << taken) - 1);
            bits |= piece << got;
            got += taken;
        }

        return bits;
    }
}
