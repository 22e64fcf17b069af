using System.Runtime.CompilerServices;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Reads a file of JSON Lines as rows, one line in memory at a time.</summary>
internal static class JsonLineReader
{
    // The usual mistake is a file that holds one list, on a line or on many.
    private const string Advice =
        "Every line must contain one object; jq -c '.[]' list.json > lines.jsonl converts a list to lines.";

    public static IEnumerable<TableRow> Read(string filePath, int maxLineLength)
    {
        using FileStream stream = DatasetFiles.Open(filePath);
        JsonLineBuffer buffer = new(filePath, maxLineLength);
        bool isAtEnd = false;
        while (true)
        {
            while (buffer.TryTake(isAtEnd, out JsonLine line))
            {
                yield return ToRow(filePath, line);
            }

            if (isAtEnd)
            {
                yield break;
            }

            Memory<byte> free = buffer.Free();
            int count = DatasetFiles.Reading(filePath, () => stream.Read(free.Span));
            buffer.Filled(count);
            isAtEnd = count == 0;
        }
    }

    public static async IAsyncEnumerable<TableRow> ReadAsync(
        string filePath, int maxLineLength, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using FileStream stream = DatasetFiles.Open(filePath, FileOptions.Asynchronous | FileOptions.SequentialScan);
        JsonLineBuffer buffer = new(filePath, maxLineLength);
        bool isAtEnd = false;
        while (true)
        {
            while (buffer.TryTake(isAtEnd, out JsonLine line))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return ToRow(filePath, line);
            }

            if (isAtEnd)
            {
                yield break;
            }

            int count;
            try
            {
                count = await stream.ReadAsync(buffer.Free(), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                throw DatasetFiles.CantBeRead(filePath, exception);
            }

            buffer.Filled(count);
            isAtEnd = count == 0;
        }
    }

    private static TableRow ToRow(string filePath, JsonLine line)
    {
        using JsonDocument document = Parse(filePath, line);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw DatasetException.AtRow(
                filePath, line.Row, $"a JSON {document.RootElement.ValueKind}, but an object was expected. {Advice}");
        }

        JsonCells cells = new(filePath, line);
        return new TableRow(filePath, line.Row, cells.Convert(document.RootElement));
    }

    private static JsonDocument Parse(string filePath, JsonLine line)
    {
        try
        {
            return JsonDocument.Parse(line.Bytes);
        }
        catch (JsonException exception)
        {
            throw new DatasetException(
                $"{filePath}, item {line.Row}: the line is not valid JSON: {exception.Message} {Advice}", exception)
            {
                FilePath = filePath,
                ItemIndex = line.Row,
            };
        }
    }
}
