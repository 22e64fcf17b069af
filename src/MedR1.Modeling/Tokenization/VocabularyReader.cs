using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MedR1.Modeling;

/// <summary>Reads a folder's vocabulary: tokenizer.json, or vocab.json with merges.txt.</summary>
internal static class VocabularyReader
{
    private const string TokenizerFile = "tokenizer.json";
    private const string VocabularyFile = "vocab.json";
    private const string MergesFile = "merges.txt";
    private const string ConfigurationFile = "tokenizer_config.json";

    public static VocabularyContent Read(string folder)
    {
        string tokenizer = Path.Combine(folder, TokenizerFile);
        string vocabulary = Path.Combine(folder, VocabularyFile);
        string merges = Path.Combine(folder, MergesFile);
        VocabularyContent content;
        if (File.Exists(tokenizer))
        {
            content = TokenizerJsonReader.Read(tokenizer);
        }
        else if (File.Exists(vocabulary) && File.Exists(merges))
        {
            content = new VocabularyContent(
                vocabulary, ReadVocabulary(vocabulary), ReadMerges(merges), AddedTokens: [], Normalizes: true);
        }
        else
        {
            throw new FileNotFoundException(
                $"'{folder}' contains no tokenizer: it has neither {TokenizerFile} nor both {VocabularyFile} and " +
                $"{MergesFile}.",
                tokenizer);
        }

        string configuration = Path.Combine(folder, ConfigurationFile);
        if (File.Exists(configuration))
        {
            AddFromConfiguration(configuration, content.AddedTokens);
        }

        return content;
    }

    private static Dictionary<string, int> ReadVocabulary(string path)
    {
        using JsonDocument document = TokenizerJsonReader.Parse(path);
        return TokenizerJsonReader.Vocabulary(path, document.RootElement);
    }

    private static List<(string Left, string Right)> ReadMerges(string path)
    {
        List<(string Left, string Right)> merges = [];
        int number = 0;
        foreach (string line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            if (line.Length > 0 && !(number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                merges.Add(TokenizerJsonReader.Pair(path, line, $"line {number}"));
            }
        }

        return merges;
    }

    // As in the reference, tokens that only the configuration names are added; for tokens that both files name, tokenizer.json
    // takes precedence.
    private static void AddFromConfiguration(string path, List<AddedToken> tokens)
    {
        using JsonDocument document = TokenizerJsonReader.Parse(path);
        if (!document.RootElement.TryGetProperty("added_tokens_decoder", out JsonElement added) ||
            added.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        HashSet<string> known = [.. tokens.Select(token => token.Content)];
        foreach (JsonProperty entry in added.EnumerateObject())
        {
            if (!int.TryParse(entry.Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
            {
                throw new TokenizerFormatException(
                    path, $"added_tokens_decoder has the key '{entry.Name}', which is not an id.");
            }

            AddedToken token = TokenizerJsonReader.Added(path, entry.Value, id);
            if (known.Add(token.Content))
            {
                tokens.Add(token);
            }
        }
    }
}
