using System.Globalization;
using global::Parquet.Data;
using global::Parquet.File.Values.Primitives;
using global::Parquet.Meta;
using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// A column as Parquet stores it (Dremel's levels): the non-null values, and for each slot how deeply it is defined and whether it
/// continues the previous list.
/// </summary>
internal sealed record ColumnValues(object[] Values, int[] DefinitionLevels, int[] RepetitionLevels, int Deepest)
{
    /// <summary>Number of slots; a column without nulls or lists has no levels.</summary>
    public int Count => DefinitionLevels.Length > 0 ? DefinitionLevels.Length : Values.Length;

    public int DefinitionLevel(int slot) => DefinitionLevels.Length > 0 ? DefinitionLevels[slot] : Deepest;

    public bool StartsRow(int slot) => RepetitionLevels.Length == 0 || RepetitionLevels[slot] == 0;

    public bool IsValue(int slot) => DefinitionLevel(slot) == Deepest;

    /// <summary>Copies the data of a column.</summary>
    /// <param name="data">The data read.</param>
    /// <param name="field">The column.</param>
    /// <param name="hasDictionary">Whether values are dictionary entries, each of which is copied only once.</param>
    public static ColumnValues Of(RawColumnData data, DataField field, bool hasDictionary)
    {
        int deepest = field.MaxDefinitionLevel;
        int[] definitionLevels = deepest > 0 ? data.DefinitionLevels.ToArray() : [];
        int[] repetitionLevels = field.MaxRepetitionLevel > 0 ? data.RepetitionLevels.ToArray() : [];

        // The reader's buffer has room for a value in every slot; after the last value, its content is undefined.
        int? count = deepest > 0 ? definitionLevels.Count(level => level == deepest) : null;
        return new ColumnValues(ValuesOf(data, field, count, hasDictionary), definitionLevels, repetitionLevels, deepest);
    }

    /// <summary>Whether a column of bytes contains JSON text rather than images.</summary>
    public static bool IsJson(DataField field) =>
        field.SchemaElement is { ConvertedType: ConvertedType.JSON } or { LogicalType.JSON: not null };

    /// <summary>Whether a column contains bytes, such as an image, rather than text.</summary>
    public static bool IsBytes(DataField field) => field.ClrType == typeof(ReadOnlyMemory<byte>) && !IsJson(field);

    private static object[] ValuesOf(RawColumnData data, DataField field, int? count, bool hasDictionary) => data switch
    {
        RawColumnData<ReadOnlyMemory<char>> texts => Map(texts, count, Once<char>(hasDictionary, text => text.ToString())),
        RawColumnData<ReadOnlyMemory<byte>> texts when IsJson(field) =>
            Map(texts, count, Once<byte>(hasDictionary, text => System.Text.Encoding.UTF8.GetString(text.Span))),
        RawColumnData<ReadOnlyMemory<byte>> bytes => Map(bytes, count, Once<byte>(hasDictionary, one => one.ToArray())),
        RawColumnData<bool> flags => Map(flags, count, flag => flag),
        RawColumnData<sbyte> numbers => Map(numbers, count, number => number),
        RawColumnData<byte> numbers => Map(numbers, count, number => number),
        RawColumnData<short> numbers => Map(numbers, count, number => number),
        RawColumnData<ushort> numbers => Map(numbers, count, number => number),
        RawColumnData<int> numbers => Map(numbers, count, number => number),
        RawColumnData<uint> numbers => Map(numbers, count, number => number),
        RawColumnData<long> numbers => Map(numbers, count, number => number),
        RawColumnData<ulong> numbers => Map(numbers, count, number => number),
        RawColumnData<float> numbers => Map(numbers, count, number => number),
        RawColumnData<double> numbers => Map(numbers, count, number => number),
        RawColumnData<decimal> numbers => Map(numbers, count, number => DecimalText.Of(number, ((DecimalDataField)field).Scale)),
        RawColumnData<BigDecimal> numbers => Map(numbers, count, number => DecimalText.Of(number.UnscaledValue, number.Scale)),
        RawColumnData<Half> numbers => Map(numbers, count, number => (float)number),
        RawColumnData<DateTime> days when IsDate(field) => Map(days, count, day => TextOf(DateOnly.FromDateTime(day))),
        RawColumnData<DateTime> times => Map(times, count, TextOf),
        RawColumnData<DateOnly> days => Map(days, count, TextOf),
        RawColumnData<Guid> ids => Map(ids, count, id => id.ToString()),
        RawColumnData<Interval> spans => Map(spans, count, span => span.ToString()),
        _ => throw new InvalidDataException($"values of type {data.GetType()} are not supported. Remove the column."),
    };

    private static bool IsDate(DataField field) =>
        field.SchemaElement is { ConvertedType: ConvertedType.DATE } or { LogicalType.DATE: not null };

    private static string TextOf(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    // A time without a zone is read as "local", whose text would include the time zone of the current machine.
    private static string TextOf(DateTime time) => DateTime.SpecifyKind(
        time, time.Kind == DateTimeKind.Utc ? DateTimeKind.Utc : DateTimeKind.Unspecified).ToString("O", CultureInfo.InvariantCulture);

    // Values of the same dictionary entry refer to the same memory, and ReadOnlyMemory compares by reference.
    private static Func<ReadOnlyMemory<T>, object> Once<T>(bool hasDictionary, Func<ReadOnlyMemory<T>, object> copy)
    {
        if (!hasDictionary)
        {
            return copy;
        }

        Dictionary<ReadOnlyMemory<T>, object> copies = [];
        return memory =>
        {
            if (!copies.TryGetValue(memory, out object? known))
            {
                copies[memory] = known = copy(memory);
            }

            return known;
        };
    }

    private static object[] Map<T>(RawColumnData<T> data, int? count, Func<T, object> map)
        where T : struct
    {
        object[] values = new object[count ?? data.Values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = map(data.Values[i]);
        }

        return values;
    }
}
