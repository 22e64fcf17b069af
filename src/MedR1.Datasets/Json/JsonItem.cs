using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>One object of an annotation file.</summary>
internal readonly struct JsonItem(string filePath, int index, JsonElement element)
{
    // Stands for an image in a structure, or a list or an object in a list, which no field of single values uses.
    private static readonly object s_unread = new();

    public int Index => index;

    /// <summary>A field that must exist and contain text.</summary>
    public string Text(string field) => OptionalText(field) ?? throw Fault(field, "missing. Every item needs it.");

    /// <summary>A field that may be missing or null, and otherwise contains text.</summary>
    public string? OptionalText(string field)
    {
        if (!TryFind(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? Decode(field, value)
            : throw Fault(field, $"a JSON {value.ValueKind}, but a string was expected.");
    }

    /// <summary>A path below the data set's folder, with slashes.</summary>
    public string RelativePath(string field)
    {
        string path = Text(field);
        return DataPaths.IsBelow(path) ? DataPaths.WithSlashes(path) : throw NoPath(field, path);
    }

    /// <summary>Paths below the data set's folder, with slashes: one text, or a list of them; none if the field is missing.</summary>
    public string[] RelativePaths(string field)
    {
        if (!TryFind(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        string[] paths = value.ValueKind == JsonValueKind.Array ? Texts(field) : [Text(field)];
        return System.Array.Find(paths, path => !DataPaths.IsBelow(path)) is string bad
            ? throw NoPath(field, bad)
            : [.. paths.Select(DataPaths.WithSlashes)];
    }

    /// <summary>A list of texts that must exist.</summary>
    public string[] Texts(string field)
    {
        JsonItem item = this;
        return [.. Array(field).Select(value => value.ValueKind == JsonValueKind.String
            ? item.Decode(field, value)
            : throw item.Fault(field, $"the list contains a JSON {value.ValueKind}, but strings were expected."))];
    }

    /// <summary>Objects in a list that must exist.</summary>
    public IEnumerable<JsonItem> Objects(string field)
    {
        (string path, int place, JsonItem item) = (filePath, index, this);
        return Array(field).Select(value => value.ValueKind == JsonValueKind.Object
            ? new JsonItem(path, place, value)
            : throw item.Fault(field, $"the list contains a JSON {value.ValueKind}, but objects were expected."));
    }

    /// <summary>A field that must exist and contain text or a number, which is taken as written.</summary>
    public string TextOrNumber(string field) =>
        TryFind(field, out JsonElement value) && value.ValueKind == JsonValueKind.Number
            ? value.GetRawText()
            : Text(field);

    /// <summary>A number or a list of numbers, as written; null if the field contains anything else or nothing.</summary>
    public string? OptionalNumbers(string field) =>
        TryFind(field, out JsonElement value)
        && (value.ValueKind == JsonValueKind.Number
            || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0
                && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Number)))
            ? value.GetRawText()
            : null;

    public bool Has(string field) => TryFind(field, out _);

    public bool HasList(string field) => TryFind(field, out JsonElement value) && value.ValueKind == JsonValueKind.Array;

    /// <summary>The item as a row of a table, with numbers as written; of a repeated field, the last.</summary>
    public TableRow Row() => new(filePath, index, Structure(element, isInner: false));

    public DatasetException Fault(string field, string problem) =>
        DatasetException.AtField(filePath, index, field, problem);

    private bool TryFind(string field, out JsonElement value)
    {
        try
        {
            return element.TryGetProperty(field, out value);
        }
        catch (InvalidOperationException exception)
        {
            // One of the property names contains an escaped lone surrogate; the lookup compares the names one by one.
            throw Fault(field, $"another field of the item has an invalid name: {exception.Message}");
        }
    }

    private JsonElement[] Array(string field) =>
        TryFind(field, out JsonElement value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()]
            : throw Fault(field, "missing or not a list. Every item needs a list here.");

    private DatasetException NoPath(string field, string path) =>
        Fault(field, $"'{path}' is not a path below the data set's folder. Make it relative to it, such as 'images/1.png'.");

    private Dictionary<string, object?> Structure(JsonElement structure, bool isInner)
    {
        Dictionary<string, object?> cells = new(StringComparer.Ordinal);
        foreach (JsonProperty property in structure.EnumerateObject())
        {
            string name = Named(property);
            cells[name] = Cell(name, property.Value, isInner);
        }

        return cells;
    }

    private object? Cell(string name, JsonElement value, bool isInner)
    {
        JsonItem item = this;
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => new WrittenNumber(value.GetRawText()),
            JsonValueKind.String => Decode(name, value) is var text && isInner && JsonLineImage.IsDataUri(text) ? s_unread : text,
            JsonValueKind.Object => Inner(value),
            _ => value.EnumerateArray().Select(one =>
                one.ValueKind is JsonValueKind.Array or JsonValueKind.Object ? s_unread : item.Cell(name, one, isInner)).ToArray(),
        };
    }

    // As in the other formats, images in structures are not read.
    private object Inner(JsonElement structure)
    {
        Dictionary<string, object?> cells = Structure(structure, isInner: true);
        return cells.ContainsKey("bytes") ? s_unread : cells;
    }

    private string Named(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw Fault("", $"a field of the item has an invalid name: {exception.Message}");
        }
    }

    private string Decode(string field, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw Fault(field, $"invalid text: {exception.Message}");
        }
    }
}
