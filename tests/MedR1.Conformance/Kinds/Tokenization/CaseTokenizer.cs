using System.Collections.Concurrent;
using System.Text.Json;
using MedR1.Modeling;
using MedR1.Models.Qwen2VL;

namespace MedR1.Conformance;

/// <summary>Opens the vocabularies named by cases of the text kinds.</summary>
internal static class CaseTokenizer
{
    private static readonly ConcurrentDictionary<string, BytePairTokenizer> _loaded = new();

    /// <summary>
    /// Finds a named vocabulary: next to <c>cases/</c>, or as a checkpoint. Field names have <c>_</c> instead of <c>-</c>.
    /// </summary>
    public static string? FolderOf(ConformanceCase conformanceCase, string name) =>
        new[] { conformanceCase.RootFolder, Path.Combine(conformanceCase.RootFolder, "models") }
            .Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .FirstOrDefault(folder => Plain(Path.GetFileName(folder)) == Plain(name));

    private static string Plain(string name) => name.Replace('-', '_');

    /// <summary>Opens the vocabulary named by the inputs of the case.</summary>
    public static string NameIn(ConformanceCase conformanceCase) =>
        conformanceCase.Inputs.GetProperty("tokenizer").GetString()!;

    /// <summary>Says that the folder has no such vocabulary; null if it has.</summary>
    public static string? Obstacle(ConformanceCase conformanceCase) =>
        FolderOf(conformanceCase, NameIn(conformanceCase)) is null ? $"no vocabulary '{NameIn(conformanceCase)}'" : null;

    /// <summary>Opens a named vocabulary, with the control tokens listed by the case, if any.</summary>
    public static BytePairTokenizer Open(ConformanceCase conformanceCase, string name)
    {
        string folder = FolderOf(conformanceCase, name)
            ?? throw new DirectoryNotFoundException($"No vocabulary '{name}'.");
        IReadOnlyList<string> tokens = conformanceCase.Inputs.TryGetProperty("added_tokens", out JsonElement listed)
            ? [.. listed.EnumerateArray().Select(token => token.GetString()!)] // A list in the folder takes precedence.
            : Qwen2VLTokens.All;
        return _loaded.GetOrAdd($"{folder}\n{string.Join('\n', tokens)}", _ => BytePairTokenizer.Load(folder, tokens));
    }

    /// <summary>Whether a row is binding.</summary>
    public static bool Binds(JsonElement row) =>
        !row.TryGetProperty("binding", out JsonElement binding) || binding.ValueKind != JsonValueKind.False;

    /// <summary>Reads a list of ids.</summary>
    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Returns the name of a row in messages.</summary>
    public static string Label(string field, int index, JsonElement row) =>
        row.TryGetProperty("category", out JsonElement category)
            ? $"{field}[{index}] ({category})"
            : $"{field}[{index}]";
}
