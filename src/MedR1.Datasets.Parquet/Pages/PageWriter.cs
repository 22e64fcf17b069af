namespace MedR1.Datasets.Parquet;

/// <summary>Writes uncompressed first-version pages with headers in Thrift's compact protocol.</summary>
internal sealed class PageWriter
{
    private const byte Int32Field = 0x15;
    private readonly MemoryStream _pages = new();

    public byte[] ToArray() => _pages.ToArray();

    /// <summary>Appends a data or dictionary page.</summary>
    /// <param name="kind">Data or dictionary.</param>
    /// <param name="encoding">The encoding of the values.</param>
    /// <param name="values">Number of values, nulls included.</param>
    /// <param name="body">Levels and values.</param>
    public void Write(PageKind kind, PageEncoding encoding, int values, ReadOnlySpan<byte> body)
    {
        // Fields 1 to 3: the kind, the uncompressed and the compressed size.
        Number((int)kind);
        Number(body.Length);
        Number(body.Length);

        // A structure in field 5 or 7: the number of values and their encoding; for data also the encodings of the levels.
        _pages.WriteByte(kind == PageKind.Dictionary ? (byte)0x4C : (byte)0x2C);
        Number(values);
        Number((int)encoding);
        if (kind != PageKind.Dictionary)
        {
            Number((int)PageEncoding.Runs);
            Number((int)PageEncoding.Runs);
        }

        _pages.WriteByte(0);
        _pages.WriteByte(0);
        _pages.Write(body);
    }

    // Writes the next field of a structure, a number of at least 0, which zigzag encoding doubles.
    private void Number(int value)
    {
        _pages.WriteByte(Int32Field);
        ulong left = (ulong)value * 2;
        while (left >= 128)
        {
            _pages.WriteByte((byte)(left & 127 | 128));
            left >>= 7;
        }

        _pages.WriteByte((byte)left);
    }
}
