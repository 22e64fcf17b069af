using System.Text.Json;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Reads and writes the end tokens of <c>generation_config.json</c>. Its sampling parameters are ignored, because the
/// published ones (top_k 1) would make all samples of a group identical.
/// </summary>
internal static class GenerationFile
{
    /// <summary>Reads the end tokens; also from <c>config.json</c>, which may contain them in its <c>text_config</c>.</summary>
    /// <returns>The tokens, in the order of the file; <see langword="null"/> if the file has no such field.</returns>
    public static IReadOnlyList<int>? EndTokens(ReadOnlyMemory<byte> json, string source)
    {
        using JsonDocument document = ConfigurationReader.Parse(json, source);
        var top = new ConfigurationSection(source, "", document.RootElement);
        if (top.Find("eos_token_id") is null && top.Section("text_config") is { } text)
            top = text;
        if (top.Find("eos_token_id") is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Array ? top.Integers("eos_token_id") : [top.Integer("eos_token_id")];
    }

    public static byte[] Write(IReadOnlyList<int> endTokens)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartArray("eos_token_id");
            foreach (int token in endTokens)
            {
                json.WriteNumberValue(token);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
