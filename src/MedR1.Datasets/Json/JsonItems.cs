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
                $"{filePath} holds a JSON {document.RootElement.ValueKind}, but an array of objects was expected. "
                + "Is it another file?")
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
        byte[] bytes = DatasetFiles.ReadAllBytes(filePath);
        try
        {
            ReadOnlyMemory<byte> json = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsMemory(3) : bytes;
            return JsonDocument.Parse(json);
        }
        catch (JsonException exception)
        {
            throw new DatasetException(
                $"{filePath} is no valid JSON: {exception.Message} Was it cut off while downloading?", exception)
            {
                FilePath = filePath,
            };
        }
    }
}
