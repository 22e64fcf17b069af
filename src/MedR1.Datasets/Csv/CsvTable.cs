using System.Text;

namespace MedR1.Datasets;

/// <summary>Reads comma-separated files whose first row names the columns (RFC 4180).</summary>
internal static class CsvTable
{
    // Throws on invalid bytes, because text in another encoding would silently become replacement characters.
    // The preamble must match the file's byte order mark, or StreamReader would switch to its default UTF-8, which doesn't throw.
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>The rows in order.</summary>
    /// <exception cref="DatasetException">The file can't be read, or its cells are not separated by commas, or a row has too few or too many.</exception>
    public static IEnumerable<CsvRow> Read(string filePath)
    {
        using FileStream stream = DatasetFiles.Open(filePath);
        using StreamReader text = new(stream, s_strict);
        CsvReader reader = new(text, filePath);
        if (reader.ReadRow() is not string[] header)
        {
            throw new DatasetException($"{filePath} is empty, but a header row was expected.")
            {
                FilePath = filePath,
            };
        }

        RequireCommas(filePath, header);
        for (int index = 0; reader.ReadRow() is string[] cells; index++)
        {
            if (cells.Length != header.Length)
            {
                throw DatasetException.AtRow(
                    filePath, index,
                    $"{cells.Length} cells, but the header has {header.Length}. Is a quote or a comma missing?");
            }

            yield return new CsvRow(filePath, index, header, cells);
        }
    }

    /// <summary>The rows, keyed by the value of a column.</summary>
    /// <exception cref="DatasetException">The file can't be read, or a value occurs twice.</exception>
    public static Dictionary<string, CsvRow> Read(string filePath, string keyColumn)
    {
        Dictionary<string, CsvRow> rows = new(StringComparer.Ordinal);
        foreach (CsvRow row in Read(filePath))
        {
            if (!rows.TryAdd(row[keyColumn], row))
            {
                throw row.Fault(
                    keyColumn, $"'{row[keyColumn]}' is also in item {rows[row[keyColumn]].Index}. Remove one of the two.");
            }
        }

        return rows;
    }

    public static CsvRow Find(Dictionary<string, CsvRow> rows, string key, string fileName) =>
        rows.TryGetValue(key, out CsvRow? row)
            ? row
            : throw new DatasetException(
                $"{fileName} has no row for '{key}'. Restore the folder from the repository.")
            {
                FilePath = fileName,
            };

    // Spreadsheets of many languages write semicolons: every question would then be said to lack its column.
    private static void RequireCommas(string filePath, string[] header)
    {
        if (header is [string only] && only.IndexOfAny([';', '\t']) is int place and >= 0)
        {
            string separator = only[place] == ';' ? "semicolons" : "tabs";
            throw new DatasetException(
                $"{filePath}, header: its only column is '{only}'. Are its cells separated by {separator}? Save it with commas.")
            {
                FilePath = filePath,
            };
        }
    }
}
