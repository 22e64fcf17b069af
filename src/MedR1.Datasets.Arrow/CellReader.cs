using System.Text;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MedR1.Datasets.Arrow;

/// <summary>Reads cells of Arrow arrays; images are left in the file.</summary>
internal sealed class CellReader(MappedFile file, string filePath)
{
    private const int MostItems = 4096;

    // Stands for a value of an unsupported type: an error if the example needs the column, which a missing column need not be.
    private static readonly object s_unread = new();

    /// <summary>Whether an array's type is one that an example can use.</summary>
    public static bool IsRead(IArrowArray array) => array switch
    {
        StructArray cells => BytesAndPath(cells) is not null || cells.Fields.Any(IsReadInStructure),
        ListArray list => IsReadInList(list.Values),
        LargeListArray list => IsReadInList(list.Values),
        FixedSizeListArray list => IsReadInList(list.Values),
        DictionaryArray coded => IsRead(coded.Dictionary),
        StringArray or LargeStringArray or StringViewArray => true,
        BinaryArray or LargeBinaryArray or BinaryViewArray or BooleanArray => true,
        Int8Array or Int16Array or Int32Array or Int64Array => true,
        UInt8Array or UInt16Array or UInt32Array or UInt64Array => true,
        HalfFloatArray or FloatArray or DoubleArray => true,
        Decimal32Array or Decimal64Array or Decimal128Array or Decimal256Array => true,
        Date32Array or Date64Array or TimestampArray => true,
        _ => false,
    };

    /// <summary>Whether an array contains lists or structures, even if an example can't use them.</summary>
    public static bool IsNested(IArrowArray array) => array is StructArray or ListArray or LargeListArray or FixedSizeListArray;

    /// <exception cref="Exception">The array's offsets are outside its bytes; the caller adds the file's name.</exception>
    public object? Read(IArrowArray array, int row) => array.IsNull(row) ? null : !IsRead(array) ? s_unread : array switch
    {
        StringArray texts => Encoding.UTF8.GetString(texts.GetBytes(row)),
        LargeStringArray texts => Encoding.UTF8.GetString(texts.GetBytes(row)),
        StringViewArray texts => texts.GetString(row),
        BinaryArray or LargeBinaryArray or BinaryViewArray => Image(array, row, null),
        StructArray cells => BytesAndPath(cells) is var (bytes, path) ? Image(bytes, path, row) : Structure(cells, row),
        ListArray list => Items(list.Values, list.ValueOffsets[row], list.ValueOffsets[row + 1]),
        LargeListArray list => Items(list.Values, list.ValueOffsets[row], list.ValueOffsets[row + 1]),
        FixedSizeListArray list => Items(list, row),
        DictionaryArray coded => Read(coded.Dictionary, Code(coded.Indices, row)),
        BooleanArray flags => flags.GetValue(row),
        Int8Array numbers => numbers.GetValue(row),
        Int16Array numbers => numbers.GetValue(row),
        Int32Array numbers => numbers.GetValue(row),
        Int64Array numbers => numbers.GetValue(row),
        UInt8Array numbers => numbers.GetValue(row),
        UInt16Array numbers => numbers.GetValue(row),
        UInt32Array numbers => numbers.GetValue(row),
        UInt64Array numbers => numbers.GetValue(row),
        HalfFloatArray numbers => (float)numbers.GetValue(row)!.Value,
        FloatArray numbers => numbers.GetValue(row),
        DoubleArray numbers => numbers.GetValue(row),
        Decimal32Array numbers => numbers.GetString(row),
        Decimal64Array numbers => numbers.GetString(row),
        Decimal128Array numbers => numbers.GetString(row),
        Decimal256Array numbers => numbers.GetString(row),
        Date32Array days => TimeText.OfDay(days.GetValue(row)!.Value),
        Date64Array days => TimeText.OfDayAt(days.GetValue(row)!.Value),
        TimestampArray times => TimeText.OfTime(times.GetValue(row)!.Value, (TimestampType)times.Data.DataType),
        _ => null,
    };

    private static bool IsReadInList(IArrowArray items) => items switch
    {
        StructArray cells => BytesAndPath(cells) is not null,
        ListArray or LargeListArray or FixedSizeListArray => false,
        _ => IsRead(items),
    };

    // As in the other formats, images in structures are not read. In Apache.Arrow, texts are bytes too.
    private static bool IsReadInStructure(IArrowArray field) => field switch
    {
        StringArray or LargeStringArray or StringViewArray => true,
        BinaryArray or LargeBinaryArray or BinaryViewArray => false,
        StructArray cells when BytesAndPath(cells) is not null => false,
        _ => IsRead(field),
    };

    private static int Code(IArrowArray indices, int row) => indices switch
    {
        Int8Array codes => codes.GetValue(row)!.Value,
        Int16Array codes => codes.GetValue(row)!.Value,
        Int32Array codes => codes.GetValue(row)!.Value,
        Int64Array codes => checked((int)codes.GetValue(row)!.Value),
        UInt8Array codes => codes.GetValue(row)!.Value,
        UInt16Array codes => codes.GetValue(row)!.Value,
        UInt32Array codes => checked((int)codes.GetValue(row)!.Value),
        UInt64Array codes => checked((int)codes.GetValue(row)!.Value),
        _ => throw new InvalidDataException($"dictionary indices of type {indices.Data.DataType} are not supported."),
    };

    private object Items(FixedSizeListArray list, int row)
    {
        long size = ((FixedSizeListType)list.Data.DataType).ListSize;
        long start = (list.Offset + row) * size;
        return Items(list.Values, start, start + size);
    }

    private object Items(IArrowArray values, long start, long end)
    {
        if (start < 0 || end < start || end > values.Length)
        {
            throw new InvalidDataException($"a list declares the entries {start} to {end} of {values.Length}.");
        }

        // A long list is data such as an embedding, which no example uses.
        if (end - start > MostItems)
        {
            return s_unread;
        }

        List<object?> items = [];
        for (long i = start; i < end; i++)
        {
            items.Add(Read(values, (int)i));
        }

        return items;
    }

    private Dictionary<string, object?> Structure(StructArray structure, int row)
    {
        IReadOnlyList<Field> fields = ((StructType)structure.Data.DataType).Fields;
        Dictionary<string, object?> cells = new(StringComparer.Ordinal);
        for (int i = 0; i < fields.Count; i++)
        {
            if (IsReadInStructure(structure.Fields[i]))
            {
                cells[fields[i].Name] = Read(structure.Fields[i], row);
            }
        }

        return cells;
    }

    private object? Image(IArrowArray bytes, IArrowArray path, int row)
    {
        string? name = (string?)Read(path, row);
        return bytes.IsNull(row) ? name : Image(bytes, row, name);
    }

    private IImageSource Image(IArrowArray array, int row, string? path) => array switch
    {
        BinaryArray bytes => Image(bytes.GetBytes(row), path),
        LargeBinaryArray bytes => Image(bytes.GetBytes(row), path),
        BinaryViewArray bytes => Image(bytes.GetBytes(row, out _), path),
        _ => throw new InvalidDataException($"images of type {array.Data.DataType} are not supported."),
    };

    private IImageSource Image(ReadOnlySpan<byte> bytes, string? path)
    {
        long? offset = file.OffsetOf(bytes);
        string name = $"{filePath}#{offset}{(path is null ? "" : $" ({path})")}";
        return offset is long at
            ? new FileSlice(filePath, at, bytes.Length, name)
            : new BytesImageSource(name, bytes.ToArray());
    }

    private static (IArrowArray Bytes, IArrowArray Path)? BytesAndPath(StructArray image)
    {
        StructType type = (StructType)image.Data.DataType;
        int bytes = type.GetFieldIndex("bytes", StringComparer.Ordinal);
        int path = type.GetFieldIndex("path", StringComparer.Ordinal);
        return bytes >= 0 && path >= 0 && image.Fields[bytes] is BinaryArray or LargeBinaryArray or BinaryViewArray
            && image.Fields[path] is StringArray or LargeStringArray or StringViewArray
            ? (image.Fields[bytes], image.Fields[path])
            : null;
    }
}
