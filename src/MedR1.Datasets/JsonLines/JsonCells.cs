using System.Buffers.Text;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Creates cells from a line's JSON. Images inside the line stay in the file until they are read.</summary>
internal readonly struct JsonCells(string filePath, JsonLine line)
{
    // Stands for an object, or a list within a list: skipped, or an error if the example needs the column's value.
    private static readonly object s_unknown = new();

    public Dictionary<string, object?> Convert(JsonElement item)
    {
        Dictionary<string, object?> cells = new(StringComparer.Ordinal);
        try
        {
            foreach (JsonProperty property in item.EnumerateObject())
            {
                cells[property.Name] = Cell(property.Name, 0, property.Value);
            }
        }
        catch (InvalidOperationException exception)
        {
            throw DatasetException.AtRow(filePath, line.Row, $"invalid text: {exception.Message}");
        }

        return cells;
    }

    private object? Cell(string column, int place, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(value),
        JsonValueKind.Array => List(column, value),
        JsonValueKind.Object => Object(column, place, value),
        _ => value.GetString() is string text && JsonLineImage.IsDataUri(text)
            ? Image(column, place, JsonLineImage.Payload(text))
            : value.GetString(),
    };

    // Each number is boxed separately: a single conditional expression would convert all to double, which can't represent long ids
    // exactly.
    private static object Number(JsonElement value)
    {
        if (value.TryGetInt64(out long number))
        {
            return number;
        }

        if (value.TryGetUInt64(out ulong large))
        {
            return large;
        }

        return value.GetDouble();
    }

    private object?[] List(string column, JsonElement list)
    {
        object?[] cells = new object?[list.GetArrayLength()];
        int place = 0;
        foreach (JsonElement value in list.EnumerateArray())
        {
            cells[place] = value.ValueKind == JsonValueKind.Array ? s_unknown : Cell(column, place, value);
            place++;
        }

        return cells;
    }

    // {"bytes": base64, "path": …} is the JSON form of the Hugging Face hub's image feature. {"A": …, "B": …} contains options:
    // trailing ones may be null, and all are null if the question has none.
    private object? Object(string column, int place, JsonElement value)
    {
        if (value.TryGetProperty("bytes", out JsonElement bytes) && bytes.ValueKind == JsonValueKind.String)
        {
            return Image(column, place, bytes.GetString()!);
        }

        if (value.TryGetProperty("path", out JsonElement path) && path.ValueKind == JsonValueKind.String)
        {
            return path.GetString();
        }

        // An image object without content; bytes or a path of another type don't make an image.
        if (bytes.ValueKind is not JsonValueKind.Undefined || path.ValueKind is not JsonValueKind.Undefined)
        {
            bool isNull = bytes.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
                && path.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
            return isNull ? null : s_unknown;
        }

        JsonProperty[] properties = [.. value.EnumerateObject()];
        bool isLettered = properties.Length is > 0 and <= OptionLetters.Count
            && properties.Index().All(one => one.Item.Name == OptionLetters.Of(one.Index));
        if (!isLettered)
        {
            return s_unknown;
        }

        int count = System.Array.FindLastIndex(properties, one => one.Value.ValueKind != JsonValueKind.Null) + 1;
        JsonCells cells = this;
        return count == 0
            ? null
            : System.Array.ConvertAll(properties[..count], one => cells.Cell(column, place, one.Value));
    }

    private JsonLineImage Image(string column, int place, string? base64) => base64 is not null && Base64.IsValid(base64)
        ? new JsonLineImage(filePath, line, column, place)
        : throw DatasetException.AtField(
            filePath, line.Row, column, "the image is not valid base64. A data URI has the form data:image/png;base64,….");
}
