using System.Text;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Reads a file that contains one JSON array of objects; errors name the file, the item and the field.</summary>
internal static class JsonItems
{
    public static IEnumerable<JsonItem> Read(string filePath)
    {
        using JsonDocument document = Parse(filePath);
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
                throw new DatasetException(
                    $"{filePath}, item {index}: a JSON {element.ValueKind}, but an object was expected.")
                {
                    FilePath = filePath,
                    ItemIndex = index,
                };
            }

            yield return new JsonItem(filePath, index++, element);
        }
    }

    private static JsonDocument Parse(string filePath)
    {
        ReadOnlyMemory<byte> bytes = Utf8Of(DatasetFiles.ReadAllBytes(filePath));
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException exception)
        {
            throw new DatasetException(
                $"{filePath} is not valid JSON: {exception.Message} Was it cut off while downloading?", exception)
            {
                FilePath = filePath,
            };
        }
    }

    // Some editors save as UTF-16, and the JSON parser accepts only UTF-8 without a byte order mark.
    private static ReadOnlyMemory<byte> Utf8Of(byte[] bytes) => bytes switch
    {
        [0xFF, 0xFE, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(bytes.AsSpan(2))),
        [0xFE, 0xFF, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(bytes.AsSpan(2))),
        [0xEF, 0xBB, 0xBF, ..] => bytes.AsMemory(3),
        _ => bytes,
    };
}
