using System.Buffers.Text;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Makes cells from a line's JSON. Images inside the line stay in the file until they are read.</summary>
internal readonly struct JsonCells(string filePath, JsonLine line)
{
    // An object or a list in a list, which mean nothing to an example: skipped, or an error if a text, list or image is needed.
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
            throw DatasetException.AtRow(filePath, line.Row, $"no valid text: {exception.Message}");
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
            ? Picture(column, place, JsonLineImage.Payload(text))
            : value.GetString(),
    };

    // As objects: in one expression of numbers, all of them would become doubles, which have no room for long ids.
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

    // {"bytes": base64, "path": …} is how the hub's image feature reads in JSON; {"A": …, "B": …} contains options, the last of
    // which may be null, or all where there are none.
    private object? Object(string column, int place, JsonElement value)
    {
        if (value.TryGetProperty("bytes", out JsonElement bytes) && bytes.ValueKind == JsonValueKind.String)
        {
            return Picture(column, place, bytes.GetString()!);
        }

        if (value.TryGetProperty("path", out JsonElement path) && path.ValueKind == JsonValueKind.String)
        {
            return path.GetString();
        }

        // An image that is null; bytes or a path of another kind are none.
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

    private JsonLineImage Picture(string column, int place, string? base64) => base64 is not null && Base64.IsValid(base64)
        ? new JsonLineImage(filePath, line, column, place)
        : throw DatasetException.AtField(
            filePath, line.Row, column, "the picture is no valid base64 text. A data URI reads data:image/png;base64,….");
}
