using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>
/// Data sets in CSV files (RFC 4180): the first row names the columns, cells are separated by commas, and a cell with a comma, a
/// line break or a quotation mark is quoted. UTF-8 with or without a byte order mark, or UTF-16 with one. An empty cell counts as
/// missing.
/// </summary>
public static class CsvFile
{
    private const string Options = "options";
    private const string Choices = "choices";

    /// <summary>Reads a file and checks that its images exist, without opening them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Cancels the loading.</param>
    /// <exception cref="DatasetException">The file, a row or an image is missing or invalid.</exception>
    public static TableDataset Load(string file, CsvOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        options ??= new CsvOptions();
        return TableDataset.Load(
            Path.GetFileNameWithoutExtension(file), CsvTable.Read(file).Select(row => Row(file, row, options)), options.Table,
            cancellationToken);
    }

    private static TableRow Row(string file, CsvRow row, CsvOptions options)
    {
        Dictionary<string, object?> cells = new(StringComparer.Ordinal);
        foreach ((string column, string text) in row.Cells)
        {
            // Trailing commas in the header make columns without a name, which are never read, so these may repeat.
            if (!options.OptionColumns.Contains(column)
                && !cells.TryAdd(column, Cell(column, text, options.Table.Columns.Options)) && column.Length > 0)
            {
                throw row.Twice(column);
            }
        }

        if (options.OptionColumns.Count > 0)
        {
            cells[options.Table.Columns.Options ?? Options] = OptionTexts(row, options.OptionColumns);
        }

        return new TableRow(file, row.Index, cells);
    }

    private static object? Cell(string column, string text, string? optionsColumn)
    {
        if (text.Length == 0)
        {
            return null;
        }

        bool holdsOptions = optionsColumn is null ? column is Options or Choices : column == optionsColumn;
        return holdsOptions && text.StartsWith('[') ? JsonTexts(text) ?? (object)text : text;
    }

    // Null if the text is not a list of strings; the cell is then rejected like any other text in place of options.
    private static string[]? JsonTexts(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<string[]>(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object?[] OptionTexts(CsvRow row, IReadOnlyList<string> columns)
    {
        string[] texts = [.. columns.Select(column => row[column])];
        int count = Array.FindLastIndex(texts, text => text.Length > 0) + 1;
        int gap = Array.FindIndex(texts, 0, count, text => text.Length == 0);
        return gap < 0
            ? [.. texts.Take(count)]
            : throw row.Fault(columns[gap], $"this option is empty, but the later '{columns[count - 1]}' is not.");
    }
}
