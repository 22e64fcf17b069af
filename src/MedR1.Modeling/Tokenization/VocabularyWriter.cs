using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MedR1.Modeling;

/// <summary>Writes a vocabulary as tokenizer.json, vocab.json, merges.txt and tokenizer_config.json.</summary>
internal static class VocabularyWriter
{
    private const string ByteLevel =
        """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false}""";

    // Relaxed escaping keeps the files readable, like published ones; they are never embedded in HTML.
    private static readonly JsonWriterOptions _options =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all files; each of them is complete on disk before the first is renamed into place.</summary>
    /// <exception cref="DiskFullException">The disk is full; existing files are unchanged.</exception>
    public static void Write(string folder, VocabularyContent content)
    {
        Directory.CreateDirectory(folder);
        (string Name, byte[] Bytes)[] files =
        [
            ("tokenizer.json", Json(json => WriteTokenizer(json, content))),
            ("vocab.json", Json(json => WriteVocabulary(json, content))),
            ("merges.txt", Encoding.UTF8.GetBytes(
                "#version: 0.2\n" + string.Concat(content.Merges.Select(merge => $"{merge.Left} {merge.Right}\n")))),
            ("tokenizer_config.json", Json(json => WriteConfiguration(json, content))),
        ];
        List<AtomicFile> written = [];
        try
        {
            foreach ((string name, byte[] bytes) in files)
            {
                written.Add(AtomicFile.Prepare(Path.Combine(folder, name), bytes));
            }

            written.ForEach(file => file.Commit());
        }
        finally
        {
            written.ForEach(file => file.Dispose());
        }
    }

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, _options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteTokenizer(Utf8JsonWriter json, VocabularyContent content)
    {
        json.WriteString("version", "1.0");
        json.WriteNull("truncation");
        json.WriteNull("padding");
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in content.AddedTokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject();
            json.WriteNumber("id", token.Id);
            WriteAdded(json, token);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WritePropertyName("normalizer");
        json.WriteRawValue(content.Normalizes ? """{"type": "NFC"}""" : "null");
        json.WritePropertyName("pre_tokenizer");
        json.WriteRawValue($$"""
            {"type": "Sequence", "pretokenizers": [
              {"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(WordSplitter.Pattern)}}},
               "behavior": "Isolated", "invert": false}, {{ByteLevel}}]}
            """);
        json.WritePropertyName("post_processor");
        json.WriteRawValue(ByteLevel);
        json.WritePropertyName("decoder");
        json.WriteRawValue(ByteLevel);
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (string field in (ReadOnlySpan<string>)
            ["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"])
        {
            json.WriteNull(field);
        }

        json.WriteBoolean("fuse_unk", false);
        json.WriteBoolean("byte_fallback", false);
        json.WriteBoolean("ignore_merges", false);
        json.WriteStartObject("vocab");
        WriteVocabulary(json, content);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach ((string left, string right) in content.Merges)
        {
            json.WriteStringValue($"{left} {right}");
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteVocabulary(Utf8JsonWriter json, VocabularyContent content)
    {
        foreach ((string token, int id) in content.Vocabulary.OrderBy(pair => pair.Value))
        {
            json.WriteNumber(token, id);
        }
    }

    private static void WriteConfiguration(Utf8JsonWriter json, VocabularyContent content)
    {
        json.WriteString("tokenizer_class", "Qwen2Tokenizer");
        json.WriteBoolean("add_prefix_space", false);
        json.WriteBoolean("clean_up_tokenization_spaces", false);
        json.WriteString("errors", "replace");
        json.WriteString("padding_side", "left");
        json.WriteNumber("model_max_length", 32768);
        json.WriteNull("bos_token");
        json.WriteNull("unk_token");
        WriteIfThere(json, content, "eos_token", "<|im_end|>");
        WriteIfThere(json, content, "pad_token", "<|endoftext|>");
        json.WriteStartObject("added_tokens_decoder");
        foreach (AddedToken token in content.AddedTokens.OrderBy(token => token.Id))
        {
            json.WriteStartObject(token.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            WriteAdded(json, token);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteIfThere(Utf8JsonWriter json, VocabularyContent content, string field, string token)
    {
        if (content.AddedTokens.Any(added => added.Content == token))
        {
            json.WriteString(field, token);
        }
    }

    private static void WriteAdded(Utf8JsonWriter json, AddedToken token)
    {
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", false);
        json.WriteBoolean("lstrip", false);
        json.WriteBoolean("rstrip", false);
        json.WriteBoolean("normalized", token.IsNormalized);
        json.WriteBoolean("special", token.IsSpecial);
    }
}
