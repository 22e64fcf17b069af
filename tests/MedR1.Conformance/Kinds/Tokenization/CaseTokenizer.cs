using System.Collections.Concurrent;
using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Conformance;

/// <summary>Opens the vocabularies that the cases of the text kinds name.</summary>
internal static class CaseTokenizer
{
    /// <summary>The published control tokens, for vocabulary folders that name none.</summary>
    private static readonly string[] _published =
    [
        "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
        "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
        "<|image_pad|>", "<|video_pad|>",
    ];

    private static readonly ConcurrentDictionary<string, BytePairTokenizer> _loaded = new();

    /// <summary>Where a named vocabulary lies: beside <c>cases/</c>, or as a checkpoint.</summary>
    public static string? FolderOf(ConformanceCase conformanceCase, string name)
    {
        string beside = Path.Combine(conformanceCase.RootFolder, name);
        string model = conformanceCase.ModelFolderOf(name);
        return Directory.Exists(beside) ? beside : Directory.Exists(model) ? model : null;
    }

    /// <summary>The vocabulary that the case's inputs name.</summary>
    public static string NameIn(ConformanceCase conformanceCase) =>
        conformanceCase.Inputs.GetProperty("tokenizer").GetString()!;

    /// <summary>Opens a named vocabulary, with the control tokens that the case lists where it lists some.</summary>
    public static BytePairTokenizer Open(ConformanceCase conformanceCase, string name)
    {
        string folder = FolderOf(conformanceCase, name) ?? throw new DirectoryNotFoundException($"No vocabulary '{name}'.");
        string[] tokens = conformanceCase.Inputs.TryGetProperty("added_tokens", out JsonElement listed)
            ? [.. listed.EnumerateArray().Select(token => token.GetString()!)]
            : _published;
        return _loaded.GetOrAdd($"{folder}\n{string.Join('\n', tokens)}", _ => BytePairTokenizer.Load(folder, tokens));
    }

    /// <summary>Whether a row binds.</summary>
    public static bool Binds(JsonElement row) =>
        !row.TryGetProperty("binding", out JsonElement binding) || binding.ValueKind != JsonValueKind.False;

    /// <summary>A list of ids.</summary>
    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>A row's name in messages.</summary>
    public static string Label(string field, int index, JsonElement row) =>
        row.TryGetProperty("category", out JsonElement category) ? $"{field}[{index}] ({category})" : $"{field}[{index}]";
}
