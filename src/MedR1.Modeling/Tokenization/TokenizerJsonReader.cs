using System.Text.Json;

namespace MedR1.Modeling;

/// <summary>Reads tokenizer.json, and rejects pipelines that <see cref="BytePairTokenizer"/> cannot reproduce.</summary>
internal static class TokenizerJsonReader
{
    public static VocabularyContent Read(string path)
    {
        using JsonDocument document = Parse(path);
        JsonElement root = document.RootElement;
        JsonElement model = Required(path, root, "model", JsonValueKind.Object);
        CheckModel(path, model);
        CheckPreTokenizer(path, root);
        JsonElement mergeList = Required(path, model, "merges", JsonValueKind.Array);
        List<(string Left, string Right)> merges = new(mergeList.GetArrayLength());
        foreach (JsonElement merge in mergeList.EnumerateArray())
        {
            merges.Add(Merge(path, merge, $"merge {merges.Count}"));
        }

        List<AddedToken> added = [];
        if (root.TryGetProperty("added_tokens", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement token in list.EnumerateArray())
            {
                JsonElement id = Required(path, token, "id", JsonValueKind.Number);
                added.Add(Added(path, token, id.TryGetInt32(out int number)
                    ? number
                    : throw new TokenizerFormatException(path, $"an added token has the id {id.GetRawText()}, not an integer.")));
            }
        }

        Dictionary<string, int> vocabulary = Vocabulary(path, Required(path, model, "vocab", JsonValueKind.Object));
        return new VocabularyContent(path, vocabulary, merges, added, Normalizes(path, root));
    }

    public static JsonDocument Parse(string path)
    {
        try
        {
            JsonDocument document = UnicodeJson.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            using (document)
            {
                throw new TokenizerFormatException(
                    path, $"expected a JSON object, but got {document.RootElement.ValueKind}.");
            }
        }
        catch (JsonException error)
        {
            throw new TokenizerFormatException(path, $"it is not valid JSON: {error.Message}", error);
        }
    }

    public static Dictionary<string, int> Vocabulary(string path, JsonElement element)
    {
        Dictionary<string, int> vocabulary = new(200_000);
        foreach (JsonProperty entry in element.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetInt32(out int id))
            {
                throw new TokenizerFormatException(
                    path, $"token '{entry.Name}' has the id {entry.Value.GetRawText()}, not an integer.");
            }

            if (!vocabulary.TryAdd(entry.Name, id))
            {
                throw new TokenizerFormatException(path, $"token '{entry.Name}' occurs twice in the vocabulary.");
            }
        }

        return vocabulary;
    }

    public static AddedToken Added(string path, JsonElement token, int id)
    {
        string content = Required(path, token, "content", JsonValueKind.String).GetString()!;
        foreach (string flag in (ReadOnlySpan<string>)["lstrip", "rstrip", "single_word"])
        {
            if (Flag(token, flag, otherwise: false))
            {
                throw new TokenizerFormatException(
                    path, $"added token '{content}' sets {flag}, which is not supported.");
            }
        }

        bool special = Flag(token, "special", otherwise: false);
        return new AddedToken(content, id, special, Flag(token, "normalized", otherwise: !special));
    }

    public static (string Left, string Right) Pair(string path, string text, string place)
    {
        int space = text.IndexOf(' ');
        return space > 0 && space < text.Length - 1 && text.IndexOf(' ', space + 1) < 0
            ? (text[..space], text[(space + 1)..])
            : throw new TokenizerFormatException(
                path, $"{place} is '{text}'; expected two tokens separated by one space.");
    }

    private static (string Left, string Right) Merge(string path, JsonElement merge, string place)
    {
        if (merge.ValueKind == JsonValueKind.String)
        {
            return Pair(path, merge.GetString()!, place);
        }

        bool pair = merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 &&
            merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String;
        return pair
            ? (merge[0].GetString()!, merge[1].GetString()!)
            : throw new TokenizerFormatException(
                path, $"{place} is {merge.GetRawText()}; expected \"a b\" or [\"a\", \"b\"].");
    }

    private static void CheckModel(string path, JsonElement model)
    {
        if (model.TryGetProperty("type", out JsonElement type) && type.ValueKind != JsonValueKind.Null && TypeOf(model) != "BPE")
        {
            throw new TokenizerFormatException(
                path, $"the model is {(TypeOf(model) is string name ? $"'{name}'" : type.GetRawText())}; only byte-level BPE is supported.");
        }

        foreach (string field in (ReadOnlySpan<string>)
        [
            "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback", "ignore_merges",
        ])
        {
            bool set = model.TryGetProperty(field, out JsonElement value) && value.ValueKind switch
            {
                JsonValueKind.Null or JsonValueKind.False => false,
                JsonValueKind.String => value.GetString()!.Length > 0,
                JsonValueKind.Number => value.GetDouble() != 0,
                _ => true,
            };
            if (set)
            {
                throw new TokenizerFormatException(
                    path, $"model.{field} is {value.GetRawText()}, which is not supported.");
            }
        }
    }

    private static bool Normalizes(string path, JsonElement root)
    {
        JsonElement[] steps = Steps(root, "normalizer", "normalizers");
        foreach (JsonElement step in steps)
        {
            if (TypeOf(step) != "NFC")
            {
                throw new TokenizerFormatException(
                    path, $"the normalizer is '{TypeOf(step)}'; only NFC or none is supported.");
            }
        }

        return steps.Length > 0;
    }

    private static void CheckPreTokenizer(string path, JsonElement root)
    {
        JsonElement[] steps = Steps(root, "pre_tokenizer", "pretokenizers");
        bool known = steps.Length == 2 && TypeOf(steps[0]) == "Split" && TypeOf(steps[1]) == "ByteLevel" &&
            steps[0].TryGetProperty("pattern", out JsonElement pattern) &&
            TextOf(pattern, "Regex") == WordSplitter.Pattern && TextOf(steps[0], "behavior") == "Isolated" &&
            !Flag(steps[0], "invert", otherwise: false) &&
            !Flag(steps[1], "add_prefix_space", otherwise: true) && !Flag(steps[1], "use_regex", otherwise: true);
        if (!known)
        {
            string got = root.TryGetProperty("pre_tokenizer", out JsonElement element)
                ? element.GetRawText()
                : "missing";
            throw new TokenizerFormatException(path,
                $"the pre-tokenizer is {got}; expected a Split (isolated) by the pattern " +
                $"{WordSplitter.Pattern}, then ByteLevel without prefix space and without a pattern, as " +
                "in Qwen2.");
        }
    }

    private static JsonElement[] Steps(JsonElement root, string field, string listField) =>
        !root.TryGetProperty(field, out JsonElement element) || element.ValueKind != JsonValueKind.Object ? []
        : element.TryGetProperty(listField, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()]
            : [element];

    private static string? TypeOf(JsonElement step) => TextOf(step, "type");

    private static string? TextOf(JsonElement element, string field) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(field, out JsonElement value)
            && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement element, string field, bool otherwise) =>
        !element.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null
            ? otherwise
            : value.ValueKind == JsonValueKind.True;

    private static JsonElement Required(string path, JsonElement parent, string field, JsonValueKind kind) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(field, out JsonElement value) &&
            value.ValueKind == kind
            ? value
            : throw new TokenizerFormatException(path, $"the field '{field}' ({kind}) is missing.");
}
