using System.Text.Json;

namespace MedR1.Datasets;

/// <summary>One object of an annotation file.</summary>
internal readonly struct JsonItem(string filePath, int index, JsonElement element)
{
    public int Index => index;

    /// <summary>A field that must be there and hold text.</summary>
    public string Text(string field) => OptionalText(field) ?? throw Fault(field, "missing. Every item needs it.");

    /// <summary>A field that may be missing or null, and otherwise holds text.</summary>
    public string? OptionalText(string field)
    {
        if (!element.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? Decode(field, value)
            : throw Fault(field, $"a JSON {value.ValueKind}, but text was expected.");
    }

    /// <summary>A path below the data set's folder, with the separators of this machine.</summary>
    public string RelativePath(string field)
    {
        string path = Text(field);
        bool escapes = path.Split('/', '\\').Contains("..") || Path.IsPathRooted(path);
        return path.Length > 0 && !escapes
            ? path
            : throw Fault(field, $"'{path}' is no path below the data set's folder.");
    }

    public DatasetException Fault(string field, string problem) =>
        DatasetException.AtField(filePath, index, field, problem);

    private string Decode(string field, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw Fault(field, $"no valid text: {exception.Message}");
        }
    }
}
