using System.Text;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Reads a file that contains one JSON array of objects; errors name the file, the item and the field.</summary>
internal static class JsonItems
{
    public static IEnumerable<JsonItem> Read(string filePath) => ReadArray(filePath, BytesOf(filePath));

    /// <summary>Reads objects that follow each other, such as one per line, or a file as <see cref="Read"/> does.</summary>
    public static IEnumerable<JsonItem> ReadArrayOrLines(string filePath)
    {
        ReadOnlyMemory<byte> bytes = BytesOf(filePath);
        return bytes.Span.TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? ReadObjects(filePath, bytes) : ReadArray(filePath, bytes);
    }

    private static IEnumerable<JsonItem> ReadArray(string filePath, ReadOnlyMemory<byte> bytes)
    {
        using JsonDocument document = Parse(filePath, bytes);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw new DatasetException(
                $"{filePath} contains a JSON {document.RootElement.ValueKind}, but an array of objects was expected. "
                + "Is it the right file?")
            {
                FilePath = filePath,
            };
        }

        int index = 0;
        foreach (JsonElement element in document.RootElement.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.Object)
            {
                throw NoObject(filePath, index, element);
            }

            yield return new JsonItem(filePath, index++, element);
        }
    }

    private static IEnumerable<JsonItem> ReadObjects(string filePath, ReadOnlyMemory<byte> bytes)
    {
        int index = 0;
        for (int start = 0; start < bytes.Length;)
        {
            using JsonDocument? document = ParseNext(filePath, index, bytes, ref start);
            if (document is not null)
            {
                yield return document.RootElement.ValueKind == JsonValueKind.Object
                    ? new JsonItem(filePath, index++, document.RootElement)
                    : throw NoObject(filePath, index, document.RootElement);
            }
        }
    }

    private static JsonDocument? ParseNext(string filePath, int index, ReadOnlyMemory<byte> bytes, ref int start)
    {
        try
        {
            Utf8JsonReader reader = new(bytes.Span[start..], new JsonReaderOptions { AllowMultipleValues = true });
            JsonDocument? document = JsonDocument.TryParseValue(ref reader, out JsonDocument? found) ? found : null;
            start = document is null ? bytes.Length : start + (int)reader.BytesConsumed;
            return document;
        }
        catch (JsonException exception)
        {
            throw Invalid($"{filePath}, item {index},", filePath, index, exception);
        }
    }

    private static JsonDocument Parse(string filePath, ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException exception)
        {
            throw Invalid(filePath, filePath, null, exception);
        }
    }

    private static DatasetException Invalid(string where, string filePath, int? index, JsonException exception) =>
        new($"{where} is not valid JSON: {exception.Message} Was it cut off while downloading?", exception)
        {
            FilePath = filePath,
            ItemIndex = index,
        };

    private static DatasetException NoObject(string filePath, int index, JsonElement element) =>
        new($"{filePath}, item {index}: a JSON {element.ValueKind}, but an object was expected.")
        {
            FilePath = filePath,
            ItemIndex = index,
        };

    // Some editors save as UTF-16, and the JSON parser accepts only UTF-8 without a byte order mark.
    private static ReadOnlyMemory<byte> BytesOf(string filePath) => DatasetFiles.ReadAllBytes(filePath) switch
    {
        [0xFF, 0xFE, ..] bytes => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.AsSpan(2))),
        [0xFE, 0xFF, ..] bytes => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2))),
        [0xEF, 0xBB, 0xBF, ..] bytes => bytes.AsMemory(3),
        byte[] bytes => bytes,
    };
}
