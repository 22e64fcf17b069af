namespace MedR1.Datasets;

/// <summary>One row, read by the names of its columns.</summary>
internal sealed class CsvRow(string filePath, string[] header, string[] cells)
{
    public string this[string column]
    {
        get
        {
            int index = Array.IndexOf(header, column);
            return index >= 0
                ? cells[index]
                : throw new DatasetException($"{filePath} has no column '{column}', only {string.Join(", ", header)}.")
                {
                    FilePath = filePath,
                    Field = column,
                };
        }
    }
}
