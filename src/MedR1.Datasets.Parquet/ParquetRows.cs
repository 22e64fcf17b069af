using System.Runtime.CompilerServices;
using global::Parquet;
using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Reads a file as rows, one row group at a time.</summary>
internal static class ParquetRows
{
    // Stands for a value of an unsupported type: an error if the example needs the column, which a missing column need not be.
    private static readonly object s_unread = new();

    /// <summary>Reads a file.</summary>
    /// <param name="filePath">The file.</param>
    /// <param name="cache">The cache of its images.</param>
    /// <param name="nested">The columns that may be lists and structures in each other.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <exception cref="DatasetException">The file can't be read.</exception>
    public static async IAsyncEnumerable<TableRow> ReadAsync(
        string filePath, ImageCache cache, IReadOnlyCollection<string> nested,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using ParquetFile file = await ParquetFile.OpenAsync(filePath, cancellationToken).ConfigureAwait(false);
        IColumn[] columns = [.. file.Fields.SelectMany(field => Columns(field, filePath, cache, nested))];
        string[] unread = [.. file.Fields.Select(field => field.Name).Except(columns.Select(column => column.Name))];
        int index = 0;
        for (int group = 0; group < file.RowGroupCount; group++)
        {
            object?[][] cells = await ReadGroupAsync(file, columns, group, cancellationToken).ConfigureAwait(false);
            int rows = file.RowCount(group);
            for (int row = 0; row < rows; row++, index++)
            {
                Dictionary<string, object?> byName = new(file.Fields.Count, StringComparer.Ordinal);
                for (int column = 0; column < columns.Length; column++)
                {
                    byName[columns[column].Name] = cells[column][row];
                }

                foreach (string name in unread)
                {
                    byName[name] = s_unread;
                }

                yield return new TableRow(filePath, index, byName);
            }
        }
    }

    private static async Task<object?[][]> ReadGroupAsync(
        ParquetFile file, IColumn[] columns, int group, CancellationToken cancellationToken)
    {
        object?[][] cells = new object?[columns.Length][];
        for (int column = 0; column < columns.Length; column++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            cells[column] = await columns[column].ReadAsync(file, group, cancellationToken).ConfigureAwait(false);
        }

        return cells;
    }

    private static IEnumerable<IColumn> Columns(
        Field field, string filePath, ImageCache cache, IReadOnlyCollection<string> nested)
    {
        IColumn? column = field is ListField && nested.Contains(field.Name) && NestedColumn.IsReadable(field)
            ? new NestedColumn(field) : Column(field, filePath, cache);
        return column is not null ? [column]
            : field is StructField { MaxRepetitionLevel: 0 } structure ? Values(structure)
            : [];
    }

    // The single values of a structure, such as the right answer in verl's reward_model: {"style", "ground_truth"}.
    private static IEnumerable<ValueColumn> Values(StructField structure) => structure.Fields
        .OfType<DataField>()
        .Where(value => value.MaxRepetitionLevel == 0 && !IsBytes(value))
        .Select(value => new ValueColumn(value, new Slots(value, null), structure));

    // Null for maps, structures of other things and lists of lists.
    private static IColumn? Column(Field field, string filePath, ImageCache cache) => field switch
    {
        DataField { MaxRepetitionLevel: <= 1 } data when IsBytes(data) =>
            new ImageColumn(data, new Slots(data, null), filePath, cache),
        DataField { MaxRepetitionLevel: <= 1 } data => new ValueColumn(data, new Slots(data, null)),
        StructField { MaxRepetitionLevel: 0 } options when LetteredColumn.Matches(options) => new LetteredColumn(options),
        StructField { MaxRepetitionLevel: 0 } image => Image(image, new Slots(image, null), filePath, cache),
        ListField { MaxRepetitionLevel: <= 1, Item: DataField { MaxRepetitionLevel: 1 } data } list => IsBytes(data)
            ? new ImageColumn(data, new Slots(list, list), filePath, cache)
            : new ValueColumn(data, new Slots(list, list)),
        ListField { MaxRepetitionLevel: <= 1, Item: StructField { MaxRepetitionLevel: 1 } image } list =>
            Image(image, new Slots(list, list), filePath, cache),
        _ => null,
    };

    private static ImageStructColumn? Image(StructField field, Slots slots, string filePath, ImageCache cache)
    {
        DataField? bytes = field.Fields.OfType<DataField>().FirstOrDefault(one => one.Name == "bytes" && IsBytes(one));
        DataField? path = field.Fields.OfType<DataField>()
            .FirstOrDefault(one => one.Name == "path" && one.ClrType == typeof(ReadOnlyMemory<char>));
        return bytes is not null && path is not null
            ? new ImageStructColumn(slots, bytes, path, filePath, cache)
            : null;
    }

    private static bool IsBytes(DataField field) =>
        field.ClrType == typeof(ReadOnlyMemory<byte>) && !ColumnValues.IsJson(field);
}
