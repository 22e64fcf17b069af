using global::Parquet.Schema;

namespace MedR1.Datasets.Parquet;

/// <summary>Assembles a column's slots into rows: single values, or lists of them.</summary>
/// <param name="outermost">The field that gives the column its name.</param>
/// <param name="list">The list field, if the column is a list.</param>
internal sealed class Slots(Field outermost, ListField? list)
{
    private readonly bool _isList = list is not null || outermost is DataField { MaxRepetitionLevel: 1 };

    // A nullable list is null at level 0; a list is empty at one level below the level at which it has an entry.
    private readonly int _entryLevel = list is null ? 1 : (list.IsNullable ? 1 : 0) + 1;

    public string Name => outermost.Name;

    /// <summary>Assembles cells from a column's slots.</summary>
    /// <param name="levels">The column.</param>
    /// <param name="rows">The number of rows in the group.</param>
    /// <param name="cell">Returns a slot's cell, given the slot and the number of values before it.</param>
    /// <exception cref="InvalidDataException">The slots don't form that many rows.</exception>
    public object?[] Assemble(ColumnValues levels, int rows, Func<int, int, object?> cell)
    {
        int found = Enumerable.Range(0, levels.Count).Count(levels.StartsRow);
        if (found != rows || (found > 0 && !levels.StartsRow(0)))
        {
            throw new InvalidDataException($"column '{Name}' has {found} rows, but its group has {rows}.");
        }

        object?[] cells = new object?[rows];
        int row = -1;
        int values = 0;
        for (int slot = 0; slot < levels.Count; slot++)
        {
            row += levels.StartsRow(slot) ? 1 : 0;
            if (!_isList)
            {
                cells[row] = cell(slot, values);
            }
            else if (levels.DefinitionLevel(slot) >= _entryLevel)
            {
                ((List<object?>)(cells[row] ??= new List<object?>())).Add(cell(slot, values));
            }
            else if (levels.DefinitionLevel(slot) == _entryLevel - 1 && list is not null)
            {
                cells[row] ??= new List<object?>();
            }

            values += levels.IsValue(slot) ? 1 : 0;
        }

        return values == levels.Values.Length
            ? cells
            : throw new InvalidDataException($"column '{Name}' has {levels.Values.Length} values, but its levels declare {values}.");
    }
}
