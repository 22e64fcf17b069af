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
        IColumn[] columns = [.. file.Fields.Select(field => Column(field, filePath, cache, nested)).OfType<IColumn>()];
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

    // Null for maps, lists of lists and lists of structures of other things.
    private static IColumn? Column(Field field, string filePath, ImageCache cache, IReadOnlyCollection<string> nested) => field switch
    {
        ListField list when nested.Contains(list.Name) && NestedColumn.IsReadable(list, onlyValues: false) =>
            new NestedColumn(list, onlyValues: false),
        DataField { MaxRepetitionLevel: <= 1 } data when ColumnValues.IsBytes(data) =>
            new ImageColumn(data, new Slots(data, null), filePath, cache),
        DataField { MaxRepetitionLevel: <= 1 } data => new ValueColumn(data, new Slots(data, null)),
        StructField { MaxRepetitionLevel: 0 } structure when ImageStructColumn.BytesAndPath(structure) is var (bytes, path) =>
            new ImageStructColumn(new Slots(structure, null), bytes, path, filePath, cache),
        StructField { MaxRepetitionLevel: 0 } structure when NestedColumn.IsReadable(structure, onlyValues: true) =>
            new NestedColumn(structure, onlyValues: true),
        ListField { MaxRepetitionLevel: <= 1, Item: DataField { MaxRepetitionLevel: 1 } data } list => ColumnValues.IsBytes(data)
            ? new ImageColumn(data, new Slots(list, list), filePath, cache)
            : new ValueColumn(data, new Slots(list, list)),
        ListField { MaxRepetitionLevel: <= 1, Item: StructField { MaxRepetitionLevel: 1 } image } list
            when ImageStructColumn.BytesAndPath(image) is var (bytes, path) =>
            new ImageStructColumn(new Slots(list, list), bytes, path, filePath, cache),
        _ => null,
    };
}
