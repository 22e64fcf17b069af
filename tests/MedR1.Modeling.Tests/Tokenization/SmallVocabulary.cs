using System.Text.Json;
using System.Text.Json.Nodes;

namespace MedR1.Modeling.Tests;

/// <summary>A vocabulary folder in the published format: 256 bytes, a few merges, then control tokens.</summary>
internal sealed class SmallVocabulary : IDisposable
{
    public static readonly string[] Merges =
        ["h e", "l l", "he ll", "hell o", "Ġ hello", "Ã ©", "- -", "-- --", "1 2", "ĉ ĉ"];

    public SmallVocabulary()
    {
        Folder = Directory.CreateTempSubdirectory("medr1-vocabulary-").FullName;
        string[] bytes = [.. ByteAlphabet.InOrder.Select(character => character.ToString())];
        string[] merged = [.. Merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))];
        Vocabulary =
            bytes.Concat(merged).Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
    }

    public string Folder { get; }

    public Dictionary<string, int> Vocabulary { get; }

    public int FirstAdded => Vocabulary.Count;

    public static JsonObject Added(string content, bool special, bool? normalized = false) => new()
    {
        ["content"] = content, ["special"] = special, ["normalized"] = normalized,
        ["lstrip"] = false, ["rstrip"] = false, ["single_word"] = false,
    };

    public SmallVocabulary WriteTwoFiles(params JsonObject[] added)
    {
        Write("vocab.json", JsonSerializer.Serialize(Vocabulary));
        Write("merges.txt", "#version: 0.2\n" + string.Join('\n', Merges) + "\n");
        return WriteConfiguration(added);
    }

    public SmallVocabulary WriteConfiguration(params JsonObject[] added)
    {
        JsonObject decoder = [];
        for (int i = 0; i < added.Length; i++)
        {
            decoder[(FirstAdded + i).ToString()] = added[i].DeepClone();
        }

        return Write("tokenizer_config.json", new JsonObject { ["added_tokens_decoder"] = decoder }.ToJsonString());
    }

    public JsonObject OneFile(bool mergesAsPairs, params JsonObject[] added)
    {
        JsonArray merges = [.. Merges.Select(merge => mergesAsPairs
            ? (JsonNode)new JsonArray([.. merge.Split(' ').Select(token => JsonValue.Create(token))])
            : JsonValue.Create(merge))];
        JsonArray tokens = [];
        for (int i = 0; i < added.Length; i++)
        {
            JsonObject token = (JsonObject)added[i].DeepClone();
            token["id"] = FirstAdded + i;
            tokens.Add(token);
        }

        return new JsonObject
        {
            ["added_tokens"] = tokens,
            ["normalizer"] = new JsonObject { ["type"] = "NFC" },
            ["pre_tokenizer"] = new JsonObject
            {
                ["type"] = "Sequence",
                ["pretokenizers"] = new JsonArray(
                    new JsonObject
                    {
                        ["type"] = "Split",
                        ["pattern"] = new JsonObject { ["Regex"] = WordSplitter.Pattern },
                        ["behavior"] = "Isolated",
                        ["invert"] = false,
                    },
                    new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["use_regex"] = false }),
            },
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["vocab"] = JsonSerializer.SerializeToNode(Vocabulary),
                ["merges"] = merges,
            },
        };
    }

    public SmallVocabulary Write(string name, string text)
    {
        File.WriteAllText(Path.Combine(Folder, name), text);
        return this;
    }

    public BytePairTokenizer Load(params string[] controlTokens) => BytePairTokenizer.Load(Folder, controlTokens);

    public int Id(string token) => Vocabulary[token];

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
