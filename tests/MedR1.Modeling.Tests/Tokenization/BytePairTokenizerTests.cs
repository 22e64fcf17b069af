using System.Text;
using CsCheck;

namespace MedR1.Modeling.Tests;

public sealed class BytePairTokenizerTests : IDisposable
{
    private readonly SmallVocabulary _files = new SmallVocabulary().WriteTwoFiles(
        SmallVocabulary.Added("<|stop|>", special: true), SmallVocabulary.Added("<tool>", special: false));

    private readonly BytePairTokenizer _tokenizer;

    public BytePairTokenizerTests() => _tokenizer = _files.Load();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Noncharacters_are_text_too()
    {
        // U+FFFE, which .NET's normalization refuses, next to a letter that it composes.
        using SmallVocabulary files = new SmallVocabulary().WriteTwoFiles();
        BytePairTokenizer tokenizer = files.Load();

        Assert.Equal("a\uFFFE\u00e9\uFFFE", tokenizer.Decode(tokenizer.Encode("a\uFFFEe\u0301\uFFFE")));
    }

    [Fact]
    public void Merges_the_pairs_in_the_order_of_their_ranks()
    {
        Assert.Equal([_files.Id("hello"), _files.Id("Ġhello"), _files.Id("!")], _tokenizer.Encode("hello hello!"));
    }

    [Fact]
    public void Composed_and_decomposed_accents_give_the_same_tokens()
    {
        Assert.Equal([_files.Id("Ã©")], _tokenizer.Encode("\u00e9"));
        Assert.Equal([_files.Id("Ã©")], _tokenizer.Encode("e\u0301"));
    }

    // tokenizers 0.23.2: nfcNormalizer().normalizeString(...), whose tables end with Unicode 9.
    [Theory]
    [InlineData("a\u08CA\u0323", "a\u08CA\u0323")] // A mark of Unicode 14: NFC puts the one below first.
    [InlineData("a\u1DF7\u0301", "a\u1DF7\u0301")] // A mark of Unicode 10: NFC composes across it.
    [InlineData("a\u0301\u1DF7", "\u00E1\u1DF7")]
    [InlineData("\U00011935\U00011930", "\U00011935\U00011930")] // A vowel of Unicode 13: NFC composes it.
    [InlineData("\U00011938e\u0301", "\U00011938\u00E9")]
    [InlineData("e\u0301\uFFFEe\u0301", "\u00E9\uFFFE\u00E9")]
    public void Text_is_composed_by_the_tables_of_the_reference(string text, string composed)
    {
        Assert.Equal(composed, _tokenizer.Decode(_tokenizer.Encode(text)));
    }

    [Fact]
    public void Numbers_are_split_into_digits_regardless_of_merges()
    {
        Assert.Equal([_files.Id("1"), _files.Id("2")], _tokenizer.Encode("12"));
    }

    [Fact]
    public void A_control_token_in_text_is_plain_text_unless_requested()
    {
        int stop = _tokenizer.SpecialTokens["<|stop|>"];

        IReadOnlyList<int> plain = _tokenizer.Encode("hello<|stop|>");
        Assert.DoesNotContain(stop, plain);
        Assert.Equal("hello<|stop|>", _tokenizer.Decode(plain));
        Assert.Equal([_files.Id("hello"), stop], _tokenizer.Encode("hello<|stop|>", ControlTokenHandling.Parse));
    }

    [Fact]
    public void An_added_token_that_is_not_special_is_always_recognized()
    {
        int tool = _files.FirstAdded + 1;

        Assert.Equal([tool], _tokenizer.Encode("<tool>"));
        Assert.Equal("<tool>", _tokenizer.Decode([tool], skipSpecialTokens: true));
        Assert.DoesNotContain("<tool>", _tokenizer.SpecialTokens.Keys);
    }

    [Fact]
    public void The_longest_added_token_is_matched_and_none_begins_inside_another()
    {
        using SmallVocabulary files = new SmallVocabulary().WriteTwoFiles(
            SmallVocabulary.Added("<a", special: true), SmallVocabulary.Added("<a>", special: true),
            SmallVocabulary.Added(">b", special: true));
        int first = files.FirstAdded;

        Assert.Equal([first + 1, files.Id("b")], files.Load().Encode("<a>b", ControlTokenHandling.Parse));
        Assert.Equal([first, first + 2],
            files.Load().Encode("<a" + "\u2009" + ">b", ControlTokenHandling.Parse).Where(id => id >= first));
    }

    [Fact]
    public void A_normalized_added_token_is_matched_after_normalization()
    {
        using SmallVocabulary files = new SmallVocabulary().WriteTwoFiles(
            SmallVocabulary.Added("caf\u00e9", special: false, normalized: true));

        Assert.Equal([files.FirstAdded], files.Load().Encode("cafe\u0301"));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_read_as_the_replacement_character()
    {
        Assert.Equal(_tokenizer.Encode("a\uFFFDb"), _tokenizer.Encode("a\uD835b"));
    }

    [Fact]
    public void Ids_without_a_token_decode_to_nothing()
    {
        Assert.Equal("hello", _tokenizer.Decode([-1, _files.Id("hello"), _tokenizer.VocabularySize, int.MaxValue]));
    }

    [Fact]
    public void A_character_split_by_a_dropped_control_token_is_decoded()
    {
        int[] ids = [_files.Id("Ã"), _tokenizer.SpecialTokens["<|stop|>"], _files.Id("©")];

        Assert.Equal("\u00e9", _tokenizer.Decode(ids));
        Assert.Equal("\uFFFD<|stop|>\uFFFD", _tokenizer.Decode(ids, skipSpecialTokens: false));
    }

    [Fact]
    public void Very_long_words_give_the_tokens_of_the_plain_rule()
    {
        // '-' merges in fours from the left: n dashes give n / 4 fours, then a two and a one as the remainder requires.
        foreach (int length in (int[])[255, 256, 257, 1_000, 4_003, 200_001])
        {
            List<int> expected = [.. Enumerable.Repeat(_files.Id("----"), length / 4)];
            expected.AddRange(Enumerable.Repeat(_files.Id("--"), length % 4 / 2));
            expected.AddRange(Enumerable.Repeat(_files.Id("-"), length % 2));

            Assert.Equal(expected, _tokenizer.Encode(new string('-', length)));
        }
    }

    [Fact]
    public void Long_and_short_words_keep_their_order()
    {
        string text = "hello " + new string('-', 300) + " hello" + new string('x', 300) + "\n" + new string('h', 20);

        IReadOnlyList<int> ids = _tokenizer.Encode(text);

        Assert.Equal(text, _tokenizer.Decode(ids));
        List<int> byWord = [];
        foreach (string word in WordSplitter.Split(text))
        {
            byWord.AddRange(_tokenizer.Encode(word));
        }

        Assert.Equal(byWord, ids);
    }

    // The pattern leaves the last of several tabs to the following word, and only letters join it: before dashes it stays
    // a token, also if a short word is in between.
    [Theory]
    [InlineData("\t\t", '-', false, 2)]
    [InlineData("\t\t", '\u0301', false, 2)]
    [InlineData("\t\t'", '-', false, 2)]
    [InlineData("\t\t!\n", '-', false, 2)]
    [InlineData("\t\t1", '-', false, 2)]
    [InlineData("\t\t\t", '-', true, 1)]
    [InlineData("\t\t\t", 'x', true, 1)]
    [InlineData("\t\t x", '-', true, 0)]
    [InlineData("\t\t\n", '-', true, 0)]
    public void White_space_before_a_long_word_is_split_as_before_a_short_one(
        string start, char letter, bool areTwoTabsOneToken, int singleTabs)
    {
        foreach (int length in (int[])[3, 256, 257])
        {
            IReadOnlyList<int> ids = _tokenizer.Encode(start + new string(letter, length));

            Assert.Equal(areTwoTabsOneToken, ids[0] == _files.Id("ĉĉ"));
            Assert.Equal(singleTabs, ids.Count(id => id == _files.Id("ĉ")));
        }
    }

    [Fact]
    public void Every_text_is_decoded_from_its_tokens()
    {
        Check.Sample(Gen.String, text =>
        {
            Assert.Equal(UnicodeText.Compose(text), _tokenizer.Decode(_tokenizer.Encode(text)));
        }, iter: 2_000);
    }

    [Fact]
    public void The_heap_agrees_with_the_engine_on_all_kinds_of_words()
    {
        List<(string, string)> merges =
            [.. SmallVocabulary.Merges.Select(merge => merge.Split(' ')).Select(pair => (pair[0], pair[1]))];
        MergeTable table = new(new VocabularyContent("test", _files.Vocabulary, merges, [], Normalizes: true));
        Check.Sample(Gen.Char["helo"].Array[1, 40], letters =>
        {
            List<int> ids = [];
            table.Encode(Encoding.UTF8.GetBytes(letters), ids);
            Assert.Equal(_tokenizer.Encode(new string(letters)), ids);
        }, iter: 2_000);
    }

    [Fact]
    public void Is_safe_to_use_from_several_threads()
    {
        string[] texts = [.. Enumerable.Range(0, 400).Select(i => $"hello {i} h\u00e9llo {new string('-', i)}")];
        BytePairTokenizer alone = _files.Load();
        IReadOnlyList<int>[] expected = [.. texts.Select(text => alone.Encode(text))];
        IReadOnlyList<int>[] together = new IReadOnlyList<int>[texts.Length];

        Parallel.For(0, texts.Length, i => together[i] = _tokenizer.Encode(texts[i]));

        Assert.Equal(expected, together);
    }

    [Fact]
    public void Names_single_tokens_by_their_text()
    {
        Assert.Equal(_files.Id("Ġhello"), _tokenizer.IdOf(" hello"));
        Assert.Equal(_tokenizer.SpecialTokens["<|stop|>"], _tokenizer.IdOf("<|stop|>"));
        Assert.Null(_tokenizer.IdOf("hello hello"));
        Assert.Null(_tokenizer.IdOf(""));
    }

    [Fact]
    public void Counts_its_tokens()
    {
        Assert.Equal(256 + SmallVocabulary.Merges.Length + 2, _tokenizer.VocabularySize);
    }
}
