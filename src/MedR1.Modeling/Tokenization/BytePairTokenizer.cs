using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Microsoft.ML.Tokenizers;

namespace MedR1.Modeling;

/// <summary>
/// The byte-level BPE tokenizer of Qwen2 and Qwen2.5: added tokens are split off, and the rest is normalized to NFC, split into
/// words (<see cref="WordSplitter"/>) and merged. Equal to Hugging Face <c>tokenizers</c> for text of assigned characters.
/// </summary>
/// <remarks>
/// Thread-safe. Added tokens that the files do not mark as special (Qwen2.5's <c>&lt;tool_call&gt;</c>) are ordinary words of the
/// vocabulary: text may contain them, and decoding keeps them.
/// </remarks>
public sealed class BytePairTokenizer : ITextTokenizer
{
    // Longer words are merged by MergeTable, in O(n log n) instead of O(n²) time.
    private const int LongWord = 256;

    private readonly VocabularyContent _content;
    private readonly BpeTokenizer _engine;
    private readonly MergeTable _merges;
    private readonly AddedTokenMatcher _beforeNormalization;
    private readonly AddedTokenMatcher _afterNormalization;
    private readonly byte[]?[] _bytes;
    private readonly bool[] _isSpecial;

    internal BytePairTokenizer(VocabularyContent content)
    {
        content.Check();
        _content = content;
        BpeOptions options = new(content.Vocabulary)
        {
            ByteLevel = true,
            Merges = content.Merges.Select(merge => $"{merge.Left} {merge.Right}"),
            PreTokenizer = new WordPreTokenizer(),
        };

        // In parallel with the merge table: each takes a large fraction of a second for Qwen2's vocabulary.
        Task<BpeTokenizer> engine = Task.Run(() => BpeTokenizer.Create(options));
        _merges = new MergeTable(content);
        _beforeNormalization = new AddedTokenMatcher(content.AddedTokens.Where(token => !token.IsNormalized));
        _afterNormalization = new AddedTokenMatcher(content.AddedTokens.Where(token => token.IsNormalized));
        SpecialTokens = content.AddedTokens.Where(token => token.IsSpecial)
            .ToFrozenDictionary(token => token.Content, token => token.Id);

        int rows = content.Vocabulary.Values.Concat(content.AddedTokens.Select(token => token.Id)).Max() + 1;
        _bytes = new byte[]?[rows];
        _isSpecial = new bool[rows];
        foreach ((string token, int id) in content.Vocabulary)
        {
            _bytes[id] = ByteAlphabet.BytesOf(token);
        }

        foreach (AddedToken token in content.AddedTokens)
        {
            _bytes[token.Id] = ByteAlphabet.BytesOf(token.Content);
        }

        foreach (int id in SpecialTokens.Values)
        {
            _isSpecial[id] = true;
        }

        VocabularySize = _bytes.Count(bytes => bytes is not null);
        _engine = engine.GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>
    /// Reads a tokenizer from a folder: from tokenizer.json if it exists, otherwise from vocab.json and merges.txt; in both cases
    /// also the <c>added_tokens_decoder</c> of tokenizer_config.json.
    /// </summary>
    /// <param name="folder">The folder, for example of a checkpoint.</param>
    /// <param name="controlTokens">
    /// Control tokens for a folder without added tokens; their ids follow those of the vocabulary. Ignored if the folder has added
    /// tokens.
    /// </param>
    /// <exception cref="FileNotFoundException">The folder has no tokenizer.</exception>
    /// <exception cref="TokenizerFormatException">A file is corrupt or requires something unsupported.</exception>
    public static BytePairTokenizer Load(string folder, IReadOnlyList<string>? controlTokens = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        VocabularyContent content = VocabularyReader.Read(folder);
        if (content.AddedTokens.Count == 0 && controlTokens is not null)
        {
            int first = content.Vocabulary.Count == 0 ? 0 : content.Vocabulary.Values.Max() + 1;
            content.AddedTokens.AddRange(controlTokens.Select((token, i) =>
                new AddedToken(token, first + i, IsSpecial: true, IsNormalized: false)));
        }

        return new BytePairTokenizer(content);
    }

    /// <summary>
    /// Writes the tokenizer in the published format, which Hugging Face also reads: tokenizer.json, vocab.json, merges.txt and
    /// tokenizer_config.json. No file is replaced before all are written.
    /// </summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <exception cref="DiskFullException">The disk is full; existing files are unchanged, and no partial file remains.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public void Save(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        VocabularyWriter.Write(folder, _content);
    }

    /// <summary>Returns the id of a control token, or of text that is encoded as one token.</summary>
    /// <param name="token">The text, for example <c>" Yes"</c> or <c>&lt;|im_end|&gt;</c>.</param>
    /// <returns>The id; <see langword="null"/> if the text is not a single token.</returns>
    public int? IdOf(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        if (SpecialTokens.TryGetValue(token, out int special))
        {
            return special;
        }

        IReadOnlyList<int> ids = Encode(token);
        return ids.Count == 1 ? ids[0] : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text, ControlTokenHandling handling = ControlTokenHandling.AsText)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<int> ids = [];
        SplitOff(_beforeNormalization, text, handling, ids, EncodePlain);
        return ids;

        void EncodePlain(string piece)
        {
            string composed = _content.Normalizes ? UnicodeText.Compose(piece) : UnicodeText.ReplaceHalfPairs(piece);
            SplitOff(_afterNormalization, composed, handling, ids, words => EncodeWords(words, ids));
        }
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> tokenIds, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(tokenIds);
        ArrayBufferWriter<byte> bytes = new(256);
        foreach (int id in tokenIds)
        {
            bytes.Write(BytesOf(id, skipSpecialTokens));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <inheritdoc/>
    public IStreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true) =>
        new Utf8StreamingDecoder(id => BytesOf(id, skipSpecialTokens));

    private static void SplitOff(
        AddedTokenMatcher matcher, string text, ControlTokenHandling handling, List<int> ids, Action<string> encodeRest)
    {
        int done = 0;
        for (int from = 0; !matcher.IsEmpty && matcher.Next(text, from, out int start) is AddedToken token;)
        {
            from = start + token.Content.Length;
            if (token.IsSpecial && handling == ControlTokenHandling.AsText)
            {
                continue;
            }

            Rest(start);
            ids.Add(token.Id);
            done = from;
        }

        Rest(text.Length);

        void Rest(int end)
        {
            if (end > done)
            {
                encodeRest(text[done..end]);
            }
        }
    }

    private void EncodeWords(string text, List<int> ids)
    {
        int done = 0;
        for (int start = 0, before = 0; text.Length > LongWord && start < text.Length;)
        {
            int end = WordSplitter.EndOfWord(text, start);
            if (end - start > LongWord)
            {
                // White space directly before the long word is encoded separately: at the end of the part, the pattern would
                // treat it as the end of the text, where the last white-space character is not left to the next word.
                int last = before >= done && WordSplitter.IsWhiteSpace(text[before]) ? before : start;
                EncodeShortWords(text.AsSpan(done, last - done), ids);
                EncodeShortWords(text.AsSpan(last, start - last), ids);
                _merges.Encode(Encoding.UTF8.GetBytes(text[start..end]), ids);
                done = end;
            }

            (before, start) = (start, end);
        }

        EncodeShortWords(text.AsSpan(done), ids);
    }

    private void EncodeShortWords(ReadOnlySpan<char> text, List<int> ids)
    {
        if (!text.IsEmpty)
        {
            ids.AddRange(_engine.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false));
        }
    }

    private byte[] BytesOf(int id, bool skipSpecialTokens) =>
        (uint)id < (uint)_bytes.Length && !(skipSpecialTokens && _isSpecial[id]) ? _bytes[id] ?? [] : [];
}
