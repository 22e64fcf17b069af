using System.Text.Json;

namespace MedR1.Modeling.Tests;

public sealed class BytePairTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-trained-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Merges_the_most_frequent_pair_first_and_prefers_smaller_ids()
    {
        // aaabdaaabac: (a,a) 4 times -> aa; then (a,b) and (aa,a) twice each, and a's id 64 is below aa's 256 -> ab;
        // then (aa,ab) twice -> aaab; then every pair occurs once.
        BytePairTokenizer tokenizer = BytePairTrainer.Train(["aaabdaaabac"], 1_000, []);
        tokenizer.Save(_folder);

        Assert.Equal(
            ["#version: 0.2", "a a", "a b", "aa ab"], File.ReadAllLines(Path.Combine(_folder, "merges.txt")));
        Assert.Equal(256 + 3, tokenizer.VocabularySize);
        Assert.Equal([258, 67, 258, 64, 66], tokenizer.Encode("aaabdaaabac"));
    }

    [Fact]
    public void The_size_includes_the_control_tokens_which_follow_the_learned_ones()
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(["aaabdaaabac"], 260, ["<|x|>", "<|y|>"]);

        Assert.Equal(260, tokenizer.VocabularySize);
        Assert.Equal(258, tokenizer.SpecialTokens["<|x|>"]);
        Assert.Equal(259, tokenizer.SpecialTokens["<|y|>"]);
    }

    [Fact]
    public void Pairs_never_reach_across_words()
    {
        BytePairTokenizer tokenizer = BytePairTrainer.Train(Enumerable.Repeat("12 ab", 10), 1_000, []);

        Assert.Equal(256 + 2, tokenizer.VocabularySize); // ' a' and ' ab' at most: digits are separate words.
    }

    [Fact]
    public void The_same_texts_in_a_different_order_give_the_same_vocabulary()
    {
        string[] corpus =
            [.. Enumerable.Range(0, 60).Select(i => $"question {i} about item {i * 7 % 11}, caf\u00e9 {i % 3}")];
        BytePairTrainer.Train(corpus, 400, []).Save(_folder);
        string first = File.ReadAllText(Path.Combine(_folder, "tokenizer.json"));

        BytePairTrainer.Train(corpus.Reverse(), 400, []).Save(_folder);

        Assert.Equal(first, File.ReadAllText(Path.Combine(_folder, "tokenizer.json")));
    }

    [Fact]
    public void A_saved_tokenizer_can_be_loaded_from_each_of_its_files()
    {
        string[] corpus =
            ["What is shown? A)Lung, B)Liver", "What is shown? A)Brain, B)Lung", "\u80ba\u90e8\u80ba\u90e8"];
        BytePairTokenizer trained = BytePairTrainer.Train(corpus, 320, ["<|im_end|>", "<|endoftext|>"]);
        trained.Save(_folder);
        const string Text = "What is\u80ba Lungs?<|im_end|>";
        IReadOnlyList<int> expected = trained.Encode(Text, ControlTokenHandling.Parse);

        Assert.Equal(expected, BytePairTokenizer.Load(_folder).Encode(Text, ControlTokenHandling.Parse));
        File.Delete(Path.Combine(_folder, "tokenizer.json"));
        Assert.Equal(expected, BytePairTokenizer.Load(_folder).Encode(Text, ControlTokenHandling.Parse));
        using JsonDocument configuration =
            JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "tokenizer_config.json")));
        Assert.Equal("<|im_end|>", configuration.RootElement.GetProperty("eos_token").GetString());
        Assert.Equal("<|endoftext|>", configuration.RootElement.GetProperty("pad_token").GetString());
    }

    [Fact]
    public void A_save_that_fails_leaves_no_partial_files()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "tokenizer.json"));

        Assert.ThrowsAny<Exception>(() => BytePairTrainer.Train(["aa aa"], 300, []).Save(_folder));
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public void A_save_leaves_what_another_one_is_writing_alone()
    {
        string other = Path.Combine(_folder, "merges.txt.unfinished");
        File.WriteAllText(other, "another's");

        BytePairTrainer.Train(["aa aa"], 300, []).Save(_folder);

        Assert.Equal("another's", File.ReadAllText(other));
        Assert.Equal(
            ["merges.txt", "merges.txt.unfinished", "tokenizer.json", "tokenizer_config.json", "vocab.json"],
            Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Stops_when_it_is_cancelled()
    {
        using CancellationTokenSource source = new();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => BytePairTrainer.Train(["aa aa"], 300, [], source.Token));
    }

    [Fact]
    public void Invalid_sizes_and_control_tokens_are_rejected()
    {
        ArgumentException error =
            Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], 257, ["<|a|>", "<|b|>"]));
        Assert.Contains("at least 258", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], 300, ["<|a|>", "<|a|>"]));
        Assert.Throws<ArgumentException>(() => BytePairTrainer.Train([], 300, [""]));
    }
}
