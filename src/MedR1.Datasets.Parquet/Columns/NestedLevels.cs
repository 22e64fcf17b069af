using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>The lists that a field is in, as levels of definition, by which its slots become rows of lists in lists.</summary>
/// <param name="defined">The level at which everything around the field is defined.</param>
/// <param name="entries">For each list around the field, from the outermost, the level at which it has an entry.</param>
internal sealed class NestedLevels(int defined, int[] entries)
{
    /// <summary>The number of lists around the field.</summary>
    public int Lists => entries.Length;

    /// <summary>The levels of what is in a list here. A list is empty at one level below the level at which it has an entry.</summary>
    public NestedLevels OfList(bool isNullable)
    {
        int entry = defined + (isNullable ? 1 : 0) + 1;
        return new NestedLevels(entry, [.. entries, entry]);
    }

    /// <summary>The levels of what is in a structure here.</summary>
    public NestedLevels OfStructure(bool isNullable) => new(defined + (isNullable ? 1 : 0), entries);

    /// <summary>Assembles the rows of a field of single values.</summary>
    /// <exception cref="InvalidDataException">The slots do not form that many rows, or not those of the schema.</exception>
    public object?[] Assemble(ColumnValues column, DataField field, int rows)
    {
        int deepest = defined + (field.IsNullable ? 1 : 0);
        int found = Enumerable.Range(0, column.Count).Count(column.StartsRow);
        int values = Enumerable.Range(0, column.Count).Count(column.IsValue);
        if (deepest != field.MaxDefinitionLevel || entries.Length != field.MaxRepetitionLevel || found != rows
            || (found > 0 && !column.StartsRow(0)) || values != column.Values.Length)
        {
            throw new InvalidDataException(
                $"'{field.Path}' has {found} rows of {rows}, {values} values of {column.Values.Length}, definition levels up to "
                + $"{field.MaxDefinitionLevel} for {deepest} and repetition levels up to {field.MaxRepetitionLevel} for {entries.Length}.");
        }

        object?[] cells = new object?[rows];
        List<object?>?[] open = new List<object?>?[entries.Length];
        int row = -1;
        int value = 0;
        for (int slot = 0; slot < column.Count; slot++)
        {
            int level = column.DefinitionLevel(slot);
            object? cell = column.IsValue(slot) ? column.Values[value++] : null;
            int continued = column.StartsRow(slot) ? 0 : column.RepetitionLevels[slot];
            if (continued == 0)
            {
                cells[++row] = Open(0, level, cell, open);
            }
            else if (continued <= entries.Length && open[continued - 1] is { } list && level >= entries[continued - 1])
            {
                list.Add(Open(continued, level, cell, open));
            }
            else
            {
                throw new InvalidDataException($"slot {slot} of '{field.Path}' continues a list that has no entry.");
            }
        }

        return cells;
    }

    // What starts at a slot, from a list on: null, an empty list, or a list whose first entry is the rest.
    private object? Open(int list, int level, object? cell, List<object?>?[] open)
    {
        if (list == entries.Length)
        {
            return cell;
        }

        Array.Clear(open, list, open.Length - list);
        if (level < entries[list])
        {
            return level == entries[list] - 1 ? new List<object?>() : null;
        }

        List<object?> opened = [];
        open[list] = opened;
        opened.Add(Open(list + 1, level, cell, open));
        return opened;
    }
}
