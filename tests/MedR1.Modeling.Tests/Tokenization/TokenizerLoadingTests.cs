using System.Text.Json.Nodes;

namespace MedR1.Modeling.Tests;

public sealed class TokenizerLoadingTests : IDisposable
{
    private readonly SmallVocabulary _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_forms_of_merges_and_both_kinds_of_files_give_the_same_tokenizer(bool mergesAsPairs)
    {
        JsonObject[] added =
            [SmallVocabulary.Added("<|stop|>", special: true), SmallVocabulary.Added("<tool>", special: false)];
        _files.Write("tokenizer.json", _files.OneFile(mergesAsPairs, added).ToJsonString());
        using SmallVocabulary two = new SmallVocabulary().WriteTwoFiles(added);
        const string Text = "hello <tool> caf\u00e9<|stop|> ----- 12";

        Assert.Equal(
            two.Load().Encode(Text, ControlTokenHandling.Parse),
            _files.Load().Encode(Text, ControlTokenHandling.Parse));
        Assert.Equal(two.Load().SpecialTokens, _files.Load().SpecialTokens);
    }

    [Fact]
    public void Default_control_tokens_are_used_only_if_the_folder_names_none()
    {
        _files.WriteTwoFiles();
        Assert.Equal(_files.FirstAdded + 1, _files.Load("<|a|>", "<|b|>").SpecialTokens["<|b|>"]);

        _files.WriteConfiguration(SmallVocabulary.Added("<|own|>", special: true));
        Assert.Equal(["<|own|>"], _files.Load("<|a|>", "<|b|>").SpecialTokens.Keys);
    }

    [Fact]
    public void The_configuration_adds_tokens_that_the_tokenizer_file_lacks()
    {
        _files.Write(
            "tokenizer.json", _files.OneFile(true, SmallVocabulary.Added("<|a|>", special: true)).ToJsonString());
        _files.WriteConfiguration(
            SmallVocabulary.Added("<|a|>", special: true), SmallVocabulary.Added("<|b|>", special: true));

        Assert.Equal(_files.FirstAdded + 1, _files.Load().SpecialTokens["<|b|>"]);
    }

    // U+D800 alone is half of a surrogate pair; no UTF-8 has the byte FF.
    [Theory]
    [InlineData("tokenizer.json", "\\ud800")]
    [InlineData("tokenizer.json", "\u00ff")]
    [InlineData("tokenizer_config.json", "\\ud800")]
    public void A_text_that_is_not_unicode_is_damage(string file, string text)
    {
        JsonObject added = SmallVocabulary.Added("ctrl", special: true);
        _files.Write("tokenizer.json", _files.OneFile(true, added).ToJsonString());
        _files.WriteConfiguration(added);
        string path = Path.Combine(_files.Folder, file);
        string json = File.ReadAllText(path).Replace("ctrl", text, StringComparison.Ordinal);
        File.WriteAllText(path, json, System.Text.Encoding.Latin1);

        string message = Assert.Throws<TokenizerFormatException>(() => _files.Load()).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains("is not valid Unicode", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_duplicate_added_token_is_named()
    {
        JsonObject[] twice = [SmallVocabulary.Added("<|a|>", special: true), SmallVocabulary.Added("<|a|>", special: true)];
        _files.Write("tokenizer.json", _files.OneFile(true, twice).ToJsonString());

        Assert.Contains(
            "'<|a|>' occurs twice", Assert.Throws<TokenizerFormatException>(() => _files.Load()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"id\":259", "\"id\":1.5", "has the id 1.5")]
    [InlineData("\"type\":\"BPE\"", "\"type\":7", "the model is 7")]
    [InlineData("\"pattern\":{", "\"pattern\":7,\"other\":{", "the pre-tokenizer is")]
    public void Values_of_a_wrong_type_are_named(string from, string to, string fault)
    {
        string json = _files.OneFile(true, SmallVocabulary.Added("<|a|>", special: true)).ToJsonString();
        from = from.Replace("259", $"{_files.FirstAdded}", StringComparison.Ordinal);
        Assert.Contains(from, json, StringComparison.Ordinal);
        _files.Write("tokenizer.json", json.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(
            fault, Assert.Throws<TokenizerFormatException>(() => _files.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_is_reported_with_the_expected_files()
    {
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => _files.Load());
        Assert.Contains(_files.Folder, error.Message, StringComparison.Ordinal);
        Assert.Contains("merges.txt", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab.json", "{", "not valid JSON")]
    [InlineData("vocab.json", "[1]", "expected a JSON object, but got Array")]
    [InlineData("vocab.json", "{\"a\": \"x\"}", "token 'a' has the id \"x\"")]
    [InlineData("vocab.json", "{\"a\": 1, \"a\": 2}", "token 'a' occurs twice")]
    [InlineData("vocab.json", "{\"a\": 1, \"b\": 1}", "tokens 'a' and 'b' share id 1")]
    [InlineData("vocab.json", "{\"a\": -4}", "token 'a' has id -4")]
    [InlineData("vocab.json", "{\"a\": 2147483647}", "token 'a' has id 2147483647")]
    [InlineData("vocab.json", "{\"a\": 1}", "no token '\u0100' for byte 0")]
    [InlineData("merges.txt", "#version: 0.2\nh e\nl l l\n", "line 3 is 'l l l'")]
    [InlineData("merges.txt", "hello\n", "line 1 is 'hello'")]
    [InlineData("merges.txt", "q q\n", "merge 0 ('q' + 'q') needs the token 'qq'")]
    [InlineData("merges.txt", "h e\nl l\nh e\n", "merge 2 ('h' + 'e') occurs twice")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"x\": {}}}", "key 'x'")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"5\": {}}}", "'content'")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"5\": {\"content\": \"<x>\"}}}", "share id 5")]
    [InlineData("tokenizer_config.json", "{\"added_tokens_decoder\": {\"9\": {\"content\": \"\"}}}", "id 9 is empty")]
    [InlineData(
        "tokenizer_config.json",
        "{\"added_tokens_decoder\": {\"9\": {\"content\": \"x\", \"lstrip\": true}}}", "lstrip")]
    public void Invalid_files_are_named_with_the_fault(string file, string text, string fault)
    {
        _files.WriteTwoFiles().Write(file, text);

        TokenizerFormatException error = Assert.Throws<TokenizerFormatException>(() => _files.Load());
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(_files.Folder, error.Path, StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Unsupported => new()
    {
        { "model.type", "\"WordPiece\"", "the model is 'WordPiece'" },
        { "model.dropout", "0.1", "model.dropout is 0.1" },
        { "model.byte_fallback", "true", "model.byte_fallback is true" },
        { "model.unk_token", "\"unk\"", "model.unk_token is \"unk\"" },
        { "model.merges", "[3]", "merge 0 is 3" },
        { "model.merges", "[[\"h\"]]", "merge 0 is [\"h\"]" },
        { "model.merges", "{}", "'merges' (Array) is missing" },
        { "model.vocab", "[]", "'vocab' (Object) is missing" },
        { "model", "null", "'model' (Object) is missing" },
        { "normalizer.type", "\"Lowercase\"", "the normalizer is 'Lowercase'" },
        { "pre_tokenizer", "{\"type\": \"Whitespace\"}", "the pre-tokenizer is" },
        { "pre_tokenizer", "null", "the pre-tokenizer is null" },
    };

    [Theory]
    [MemberData(nameof(Unsupported))]
    public void A_pipeline_that_would_give_different_tokens_is_refused(string field, string value, string fault)
    {
        JsonObject file = _files.OneFile(mergesAsPairs: true);
        string[] path = field.Split('.');
        JsonObject parent = path.Length == 1 ? file : file[path[0]]!.AsObject();
        parent[path[^1]] = JsonNode.Parse(value);
        _files.Write("tokenizer.json", file.ToJsonString());

        Assert.Contains(
            fault, Assert.Throws<TokenizerFormatException>(() => _files.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_normalizer_text_is_unchanged()
    {
        JsonObject file = _files.OneFile(mergesAsPairs: true);
        file["normalizer"] = null;
        _files.Write("tokenizer.json", file.ToJsonString());

        Assert.Equal("e\u0301", _files.Load().Decode(_files.Load().Encode("e\u0301")));
    }
}
