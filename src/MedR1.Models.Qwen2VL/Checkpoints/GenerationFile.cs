using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Reads and writes the end tokens of <c>generation_config.json</c>. Its sampling parameters are ignored, because the
/// published ones (top_k 1) would make all samples of a group identical.
/// </summary>
internal static class GenerationFile
{
    private const string EndTokensField = "eos_token_id";

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>Reads the end tokens; also from <c>config.json</c>, which may contain them in its <c>text_config</c>.</summary>
    /// <returns>The tokens, in the order of the file; <see langword="null"/> if the file has no such field.</returns>
    public static IReadOnlyList<int>? EndTokens(ReadOnlyMemory<byte> json, string source)
    {
        using JsonDocument document = ConfigurationReader.Parse(json, source);
        var top = new ConfigurationSection(source, "", document.RootElement);
        if (top.Find(EndTokensField) is null && top.Section("text_config") is { } text)
            top = text;
        if (top.Find(EndTokensField) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Array ? top.Integers(EndTokensField) : [top.Integer(EndTokensField)];
    }

    /// <summary>Returns a file with the given end tokens.</summary>
    /// <param name="endTokens">The tokens.</param>
    /// <param name="rest">A file whose other fields are kept; <see langword="null"/> for none.</param>
    public static byte[] Write(IReadOnlyList<int> endTokens, byte[]? rest)
    {
        JsonObject file = rest is null ? [] : JsonNode.Parse(rest)!.AsObject();
        file[EndTokensField] = new JsonArray([.. endTokens.Select(token => JsonValue.Create(token))]);
        return Encoding.UTF8.GetBytes(file.ToJsonString(s_indented));
    }
}
