namespace MedR1.Datasets;

/// <summary>One row, read by the names of its columns.</summary>
internal sealed class CsvRow(string filePath, int index, string[] header, string[] cells)
{
    /// <summary>The row's index after the header, from 0.</summary>
    public int Index => index;

    /// <summary>The cells with their columns, in the file's order.</summary>
    public IEnumerable<(string Column, string Text)> Cells => header.Zip(cells);

    /// <exception cref="DatasetException">There is no such column.</exception>
    public string this[string column] => Find(column)
        ?? throw new DatasetException($"{filePath} has no column '{column}', only {string.Join(", ", header)}.")
        {
            FilePath = filePath,
            Field = column,
        };

    /// <summary>A cell, or null if there is no such column.</summary>
    /// <exception cref="DatasetException">Several columns have this name, and their cells may differ.</exception>
    public string? Find(string column)
    {
        int place = Array.IndexOf(header, column);
        int last = Array.LastIndexOf(header, column);
        return place != last ? throw Twice(column) : place >= 0 ? cells[place] : null;
    }

    /// <summary>The error for a header that names a column more than once.</summary>
    public DatasetException Twice(string column) => new(
        $"{filePath} has {header.Count(name => name == column)} columns '{column}', at positions "
        + $"{string.Join(", ", header.Index().Where(one => one.Item == column).Select(one => one.Index + 1))} of its header: "
        + "rename or remove all but one.")
    {
        FilePath = filePath,
        Field = column,
    };

    public DatasetException Fault(string column, string problem) =>
        DatasetException.AtField(filePath, index, column, problem);
}
