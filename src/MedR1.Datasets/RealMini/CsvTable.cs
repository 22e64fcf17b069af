using System.Text;

namespace MedR1.Datasets;

/// <summary>Reads small comma-separated files with a header row (RFC 4180).</summary>
internal static class CsvTable
{
    public static Dictionary<string, CsvRow> Read(string filePath, string keyColumn)
    {
        string text;
        try
        {
            text = File.ReadAllText(filePath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new DatasetException($"{filePath} can't be read: {exception.Message}", exception)
            {
                FilePath = filePath,
            };
        }

        Dictionary<string, CsvRow> rows = new(StringComparer.Ordinal);
        string[]? header = null;
        int index = -1;
        foreach (string[] cells in Rows(text))
        {
            index++;
            if (header is null)
            {
                header = cells;
            }
            else if (cells.Length != header.Length)
            {
                throw new DatasetException(
                    $"{filePath}, row {index}: {cells.Length} cells, but the header has {header.Length}.")
                {
                    FilePath = filePath,
                    ItemIndex = index,
                };
            }
            else
            {
                CsvRow row = new(filePath, header, cells);
                rows[row[keyColumn]] = row;
            }
        }

        return rows;
    }

    public static CsvRow Find(Dictionary<string, CsvRow> rows, string key, string fileName) =>
        rows.TryGetValue(key, out CsvRow? row)
            ? row
            : throw new DatasetException(
                $"{fileName} has no row for '{key}'. Take the folder from the repository again.")
            {
                FilePath = fileName,
            };

    private static IEnumerable<string[]> Rows(string text)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quoted && c == '"' && i + 1 < text.Length && text[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(Take(cell));
            }
            else if (c == '\n' && !quoted)
            {
                cells.Add(Take(cell).TrimEnd('\r'));
                yield return [.. cells];
                cells.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        if (cells.Count > 0 || cell.Length > 0)
        {
            cells.Add(Take(cell));
            yield return [.. cells];
        }
    }

    private static string Take(StringBuilder cell)
    {
        string text = cell.ToString();
        cell.Clear();
        return text;
    }
}
