using Structure = System.Collections.Generic.IReadOnlyDictionary<string, object?>;

namespace MedR1.Datasets;

/// <summary>
/// Makes columns of the values in structures, the same for all file formats: <c>{"reward_model": {"ground_truth": …}}</c> has the column
/// <c>reward_model.ground_truth</c>, and <c>{"A": …, "B": …}</c> is a list of options. Images in structures are not read.
/// </summary>
internal static class StructureColumns
{
    // Stands for a structure or an image in one: skipped, or an error if the example needs the column's value.
    private static readonly object s_unread = new();

    /// <summary>The row with a column for each value in a structure; the row itself if it has none.</summary>
    public static TableRow Flatten(TableRow row)
    {
        if (!row.Cells.Values.Any(cell => cell is Structure))
        {
            return row;
        }

        Dictionary<string, object?> columns = new(StringComparer.Ordinal);
        foreach ((string column, object? cell) in row.Cells)
        {
            Add(columns, row.Cells, column, cell);
        }

        return row with { Cells = columns };
    }

    private static void Add(Dictionary<string, object?> columns, Structure given, string column, object? cell)
    {
        if (cell is not Structure structure)
        {
            columns[column] = cell;
            return;
        }

        if (IsLettered(structure))
        {
            columns[column] = Options([.. structure.Values]);
            return;
        }

        // A name with a dot may also be a column of the file, which then comes first.
        columns[column] = s_unread;
        foreach ((string field, object? value) in structure)
        {
            string name = $"{column}.{field}";
            if (!given.ContainsKey(name))
            {
                Add(columns, given, name, HasImage(value) ? s_unread : value);
            }
        }
    }

    private static bool HasImage(object? value) =>
        value is IImageSource || (value is IReadOnlyList<object?> list && list.Any(one => one is IImageSource));

    private static bool IsLettered(Structure structure) =>
        structure.Count is > 0 and <= OptionLetters.Count
        && structure.Index().All(one => one.Item.Key == OptionLetters.Of(one.Index)
            && (one.Item.Value is null || CellText.Of(one.Item.Value) is not null));

    // Rows with fewer options have trailing nulls, and rows without options have only nulls.
    private static object?[]? Options(object?[] options)
    {
        int count = Array.FindLastIndex(options, option => option is not null) + 1;
        return count == 0 ? null : options[..count];
    }
}
