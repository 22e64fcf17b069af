namespace MedR1.Datasets.Parquet;

/// <summary>
/// Walks through a structure in Thrift's compact protocol, checks that no length in it exceeds the available bytes, and records the
/// fields of a page's header.
/// </summary>
internal ref struct ThriftCheck(ReadOnlySpan<byte> bytes)
{
    private const int Deepest = 32;
    private const int DataPage = 5;
    private const int DictionaryPage = 7;
    private const int DataPageV2 = 8;
    private VarintReader _reader = new(bytes, "a header is");

    /// <summary>The number of bytes that the structure occupies.</summary>
    public readonly int Position => _reader.Position;

    /// <summary>Field 2 of the structure: the uncompressed size of a page.</summary>
    public long UnpackedBytes { get; private set; }

    /// <summary>Field 3 of the structure: the compressed size of a page.</summary>
    public long PackedBytes { get; private set; }

    /// <summary>Field 1 of the structure: the kind of a page.</summary>
    public long Kind { get; private set; }

    /// <summary>Field 1 of a page's own header: its number of values.</summary>
    public long Values { get; private set; }

    /// <summary>The encoding of a data page's values.</summary>
    public long Encoding { get; private set; }

    /// <summary>The size of a second-version page's definition levels.</summary>
    public long DefinitionBytes { get; private set; }

    /// <summary>The size of a second-version page's repetition levels.</summary>
    public long RepetitionBytes { get; private set; }

    /// <summary>Whether a second-version page says that its values are not compressed, although the column is.</summary>
    public bool IsPlain { get; private set; }

    /// <exception cref="InvalidDataException">The structure extends past the bytes, or is nested too deeply.</exception>
    public void Struct() => Struct(0, 0);

    private void Struct(int depth, int parent)
    {
        if (depth > Deepest)
        {
            throw _reader.Broken();
        }

        int field = 0;
        while (_reader.Byte() is var head && head != 0)
        {
            int step = head >> 4;
            field = step == 0 ? (int)_reader.ZigZag() : field + step;
            int type = head & 15;
            if (type == 5)
            {
                Note(depth, parent, field, _reader.ZigZag());
            }
            else if (type == 2 && (depth, parent, field) == (1, DataPageV2, 7))
            {
                IsPlain = true;
            }
            else
            {
                Skip(type, depth, field, isElement: false);
            }
        }
    }

    private void Note(int depth, int parent, int field, long value)
    {
        switch (depth, parent, field)
        {
            case (0, _, 1):
                Kind = value;
                break;
            case (0, _, 2):
                UnpackedBytes = value;
                break;
            case (0, _, 3):
                PackedBytes = value;
                break;
            case (1, DataPage or DictionaryPage or DataPageV2, 1):
                Values = value;
                break;
            case (1, DataPage, 2) or (1, DataPageV2, 4):
                Encoding = value;
                break;
            case (1, DataPageV2, 5):
                DefinitionBytes = value;
                break;
            case (1, DataPageV2, 6):
                RepetitionBytes = value;
                break;
        }
    }

    private void Skip(int type, int depth, int field, bool isElement)
    {
        switch (type)
        {
            case 1 or 2:
                _reader.Take(isElement ? 1UL : 0UL);
                break;
            case 3:
                _reader.Take(1);
                break;
            case 4 or 5 or 6:
                _reader.Varint();
                break;
            case 7:
                _reader.Take(8);
                break;
            case 8:
                _reader.Take(_reader.Varint());
                break;
            case 9 or 10:
                List(depth, field);
                break;
            case 11:
                Map(depth, field);
                break;
            case 12:
                Struct(depth + 1, field);
                break;
            default:
                throw _reader.Broken();
        }
    }

    private void List(int depth, int field)
    {
        int head = _reader.Byte();
        ulong count = head >> 4 == 15 ? _reader.Varint() : (ulong)(head >> 4);
        for (ulong left = Bounded(count); left > 0; left--)
        {
            Skip(head & 15, depth + 1, field, isElement: true);
        }
    }

    private void Map(int depth, int field)
    {
        ulong count = _reader.Varint();
        int types = count == 0 ? 0 : _reader.Byte();
        for (ulong left = Bounded(count); left > 0; left--)
        {
            Skip(types >> 4, depth + 1, field, isElement: true);
            Skip(types & 15, depth + 1, field, isElement: true);
        }
    }

    // Every entry takes at least one byte.
    private readonly ulong Bounded(ulong count) => count <= (ulong)_reader.Left ? count : throw _reader.Broken();
}
