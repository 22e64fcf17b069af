using System.Buffers.Text;
using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>Creates cells from a line's JSON. Images inside the line stay in the file until they are read.</summary>
internal readonly struct JsonCells(string filePath, JsonLine line)
{
    // Stands for an object or a list in a list: skipped, or an error if the example needs the column's value.
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
        JsonValueKind.Array => List(column, value),
        JsonValueKind.Object => Object(column, value),
        _ => Single(value) switch
        {
            string text when JsonLineImage.IsDataUri(text) => Image(column, place, JsonLineImage.Payload(text)),
            object single => single,
            null => null,
        },
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
            cells[place] = value.ValueKind switch
            {
                JsonValueKind.Array => s_unknown,
                JsonValueKind.Object => IsImage(value) ? ImageObject(column, place, value) : s_unknown,
                _ => Cell(column, place, value),
            };
            place++;
        }

        return cells;
    }

    private object? Object(string column, JsonElement value) => IsImage(value) ? ImageObject(column, 0, value) : Structure(value);

    // {"bytes": base64, "path": …} is the JSON form of the Hugging Face hub's image feature. A path beside other values may be anything.
    private static bool IsImage(JsonElement value) =>
        value.TryGetProperty("bytes", out _) || (value.TryGetProperty("path", out _) && value.EnumerateObject().Count() == 1);

    private object? ImageObject(string column, int place, JsonElement value)
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
        bool isNull = bytes.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
            && path.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;
        return isNull ? null : s_unknown;
    }

    private static Dictionary<string, object?> Structure(JsonElement structure)
    {
        Dictionary<string, object?> cells = new(StringComparer.Ordinal);
        foreach (JsonProperty property in structure.EnumerateObject())
        {
            cells[property.Name] = Inner(property.Value);
        }

        return cells;
    }

    // As in the other formats, images in structures are not read.
    private static object? Inner(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.TryGetProperty("bytes", out _) ? s_unknown : Structure(value),
        JsonValueKind.Array => value.EnumerateArray().Select(one =>
            one.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? s_unknown : Inner(one)).ToArray(),
        _ => Single(value) switch
        {
            string text when JsonLineImage.IsDataUri(text) => s_unknown,
            object single => single,
            null => null,
        },
    };

    private static object? Single(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => Number(value),
        _ => value.GetString(),
    };

    private JsonLineImage Image(string column, int place, string? base64) => base64 is not null && Base64.IsValid(base64)
        ? new JsonLineImage(filePath, line, column, place)
        : throw DatasetException.AtField(
            filePath, line.Row, column, "the image is not valid base64. A data URI has the form data:image/png;base64,….");
}
