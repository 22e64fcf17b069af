using System.Text.Json;

namespace MedR1.Models.Qwen2VL;

/// <summary>An object in a configuration file, with an optional fallback object for missing fields.</summary>
internal readonly struct ConfigurationSection(string source, string path, JsonElement element,
    JsonElement? fallback = null)
{
    public JsonElement? Find(string field) => Find(element, field) ?? (fallback is { } other ? Find(other, field) : null);

    /// <summary>Returns the first of several objects; those of the section itself take precedence over those of the fallback.</summary>
    public ConfigurationSection? FirstSection(params string[] fields)
    {
        JsonElement own = element;
        string? written = fields.FirstOrDefault(field => Find(own, field) is not null);
        return written is not null ? Section(written) : fields.Select(Section).FirstOrDefault(section => section is not null);
    }

    public ConfigurationSection? Section(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong(field, value, "write an object.");
        return new ConfigurationSection(source, Name(field) + ".", value);
    }

    public int Integer(string field, int? otherwise = null)
    {
        if (Find(field) is not { } value)
            return otherwise
                ?? throw Missing(field, "add it as an integer; the published config.json of the model has it.");
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number))
            return number;
        throw Wrong(field, value, "write an integer.");
    }

    public long Long(string field, long otherwise)
    {
        if (Find(field) is not { } value)
            return otherwise;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number))
            return number;
        throw Wrong(field, value, "write an integer.");
    }

    public int? OptionalInteger(string field) => Find(field) is null ? null : Integer(field);

    /// <summary>Returns an integer, or the first integer of a list; <see langword="null"/> if there is none.</summary>
    public int? FirstInteger(string field) => Find(field) is { ValueKind: JsonValueKind.Array }
        ? Integers(field) is [int first, ..] ? first : null
        : OptionalInteger(field);

    public double Number(string field, double? otherwise = null)
    {
        if (Find(field) is not { } value)
            return otherwise
                ?? throw Missing(field, "add it as a number; the published config.json of the model has it.");
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number))
            return number;
        throw Wrong(field, value, "write a number.");
    }

    public string Text(string field, string? otherwise = null)
    {
        if (Find(field) is not { } value)
            return otherwise ?? throw Missing(field, "add it; the published config.json of the model has it.");
        if (value.ValueKind == JsonValueKind.String)
            return value.GetString()!;
        throw Wrong(field, value, "write a string.");
    }

    public bool Flag(string field, bool otherwise)
    {
        if (Find(field) is not { } value)
            return otherwise;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Wrong(field, value, "write true or false."),
        };
    }

    public IReadOnlyList<int>? Integers(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)))
        {
            return [.. value.EnumerateArray().Select(item => item.GetInt32())];
        }

        throw Wrong(field, value, "write a list of integers.");
    }

    public IReadOnlyList<string>? Strings(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
        {
            return [.. value.EnumerateArray().Select(item => item.GetString()!)];
        }

        throw Wrong(field, value, "write a list of strings.");
    }

    public IReadOnlyList<double>? Numbers(string field)
    {
        if (Find(field) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out _)))
        {
            return [.. value.EnumerateArray().Select(item => item.GetDouble())];
        }

        throw Wrong(field, value, "write a list of numbers.");
    }

    public ModelConfigurationException Missing(string field, string fix) => new(source, Name(field), null, fix);

    public ModelConfigurationException Wrong(string field, JsonElement value, string fix) =>
        new(source, Name(field), value.GetRawText(), fix);

    private static JsonElement? Find(JsonElement holder, string field) =>
        holder.TryGetProperty(field, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Name(string field) => path + field;
}
