using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>
/// Lists and structures in each other, such as the messages of a conversation: a list becomes a list, and a structure a dictionary from
/// the names of its fields; a structure that is null has only nulls. Fields of bytes and maps are left out.
/// </summary>
/// <param name="outermost">The field.</param>
/// <param name="onlyValues">Whether lists are left out unless they contain single values, and structures of images too.</param>
internal sealed class NestedColumn(Field outermost, bool onlyValues) : IColumn
{
    // Each level of structures and lists is a level of recursion.
    private const int MostLevels = 16;

    public string Name => outermost.Name;

    /// <summary>Whether a field contains texts, numbers or Booleans.</summary>
    /// <param name="field">The field.</param>
    /// <param name="onlyValues">As for the column.</param>
    /// <param name="levels">The number of lists and structures around the field.</param>
    public static bool IsReadable(Field field, bool onlyValues, int levels = 0) => levels <= MostLevels && field switch
    {
        DataField { IsArray: false } data => !ColumnValues.IsBytes(data),
        ListField list => (!onlyValues || list.Item is DataField) && IsReadable(list.Item, onlyValues, levels + 1),
        StructField structure => !(onlyValues && ImageStructColumn.BytesAndPath(structure) is not null)
            && structure.Fields.Any(one => IsReadable(one, onlyValues, levels + 1)),
        _ => false,
    };

    public Task<object?[]> ReadAsync(ParquetFile file, int group, CancellationToken cancellationToken) =>
        ReadAsync(file, group, outermost, new NestedLevels(0, []), cancellationToken);

    private async Task<object?[]> ReadAsync(
        ParquetFile file, int group, Field field, NestedLevels levels, CancellationToken cancellationToken)
    {
        switch (field)
        {
            case ListField list:
                return await ReadAsync(file, group, list.Item, levels.OfList(list.IsNullable), cancellationToken).ConfigureAwait(false);
            case StructField structure:
                Field[] fields = [.. structure.Fields.Where(one => IsReadable(one, onlyValues))];
                object?[][] values = new object?[fields.Length][];
                for (int i = 0; i < fields.Length; i++)
                {
                    values[i] = await ReadAsync(file, group, fields[i], levels.OfStructure(structure.IsNullable), cancellationToken)
                        .ConfigureAwait(false);
                }

                string[] names = [.. fields.Select(one => one.Name)];
                return file.Guard(Name, () => (object?[])[.. Enumerable.Range(0, file.RowCount(group)).Select(
                    row => Join(names, [.. values.Select(one => one[row])], levels.Lists))]);
            default:
                cancellationToken.ThrowIfCancellationRequested();
                DataField data = (DataField)field;
                ColumnValues column = await file.ReadAsync(group, data, cancellationToken).ConfigureAwait(false);
                return file.Guard(Name, () => levels.Assemble(column, data, file.RowCount(group)));
        }
    }

    // The fields of a structure are each in all the lists that the structure is in.
    private static object? Join(string[] names, object?[] values, int lists)
    {
        if (lists == 0)
        {
            return names.Zip(values).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        }

        List<object?>?[] entries = [.. values.Select(one => (List<object?>?)one)];
        if (entries.Select(one => one?.Count).Distinct().Count() > 1)
        {
            throw new InvalidDataException("the fields of a structure do not have the same number of entries.");
        }

        return entries[0] is null ? null : Enumerable.Range(0, entries[0]!.Count)
            .Select(i => Join(names, [.. entries.Select(one => one![i])], lists - 1)).ToList();
    }
}
