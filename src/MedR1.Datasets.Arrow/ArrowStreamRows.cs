using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace MedR1.Datasets.Arrow;

/// <summary>Reads an Arrow IPC stream as rows. Any error inside the reader names the file.</summary>
internal static class ArrowStreamRows
{
    public static IEnumerable<TableRow> Read(string filePath)
    {
        using MappedFile file = Guard(filePath, () => new MappedFile(filePath));
        Guard(filePath, () =>
        {
            StreamCheck.Check(file.GetSpan());
            return true;
        });
        using ArrowStreamReader reader = new(file.Memory);
        int index = 0;
        while (Guard(filePath, () => Cells(reader, file, filePath)) is List<Dictionary<string, object?>> rows)
        {
            foreach (Dictionary<string, object?> row in rows)
            {
                yield return new TableRow(filePath, index++, row);
            }
        }
    }

    private static List<Dictionary<string, object?>>? Cells(ArrowStreamReader reader, MappedFile file, string filePath)
    {
        using RecordBatch? batch = reader.ReadNextRecordBatch();
        if (batch is null)
        {
            return null;
        }

        // A row takes at least one byte, so a claim of more rows means damage and can't be trusted.
        if (batch.Length < 0 || batch.Length > file.Length)
        {
            throw new InvalidDataException($"a batch declares {batch.Length} rows in {file.Length} bytes.");
        }

        CellReader cells = new(file, filePath);
        List<Dictionary<string, object?>> rows = [];
        for (int row = 0; row < batch.Length; row++)
        {
            Dictionary<string, object?> byName = new(batch.ColumnCount, StringComparer.Ordinal);
            for (int column = 0; column < batch.ColumnCount; column++)
            {
                if (CellReader.IsRead(batch.Column(column)) || CellReader.IsNested(batch.Column(column)))
                {
                    byName[batch.Schema.GetFieldByIndex(column).Name] = cells.Read(batch.Column(column), row);
                }
            }

            rows.Add(byName);
        }

        return rows;
    }

    private static T Guard<T>(string filePath, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is not DatasetException)
        {
            throw new DatasetException(
                $"{filePath} can't be read as an Arrow stream: {exception.Message} Was it cut off or damaged while "
                + "copying, or is it in Arrow's file format, which starts with 'ARROW1'?", exception)
            {
                FilePath = filePath,
            };
        }
    }
}
