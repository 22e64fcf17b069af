namespace MedR1.Modeling;

/// <summary>
/// Learns a byte-level BPE vocabulary of the published form from text: 256 bytes, then repeatedly the most frequent pair inside
/// words (<see cref="WordSplitter"/>; Sennrich et al., arXiv 1508.07909). Deterministic: among equally frequent pairs the one
/// with the smaller ids is taken.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>A pair that occurs less often than this is not worth a token.</summary>
    public const int MinimumCount = 2;

    private const int Bytes = 256;

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="corpus">The texts. Control tokens' names in them are plain text.</param>
    /// <param name="vocabularySize">
    /// Number of tokens, control tokens included; the result has fewer if the text gives no more pairs.
    /// </param>
    /// <param name="specialTokens">The control tokens; they get the ids after the learned ones.</param>
    /// <param name="cancellationToken">Cancels between merges.</param>
    /// <returns>The tokenizer; <see cref="BytePairTokenizer.Save"/> writes it.</returns>
    /// <exception cref="ArgumentException">
    /// The size is too small even for the bytes and the control tokens, or a control token is empty or occurs twice.
    /// </exception>
    public static BytePairTokenizer Train(
        IEnumerable<string> corpus,
        int vocabularySize,
        IReadOnlyList<string> specialTokens,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(specialTokens);
        if (vocabularySize < Bytes + specialTokens.Count)
        {
            throw new ArgumentException(
                $"A vocabulary of {vocabularySize} tokens can't hold {Bytes} bytes and {specialTokens.Count} control " +
                $"tokens; ask for at least {Bytes + specialTokens.Count}.", nameof(vocabularySize));
        }

        if (specialTokens.Any(string.IsNullOrEmpty) || specialTokens.Distinct().Count() != specialTokens.Count)
        {
            throw new ArgumentException("A control token is empty or stands twice.", nameof(specialTokens));
        }

        List<string> tokens = [.. ByteAlphabet.InOrder.Select(character => character.ToString())];
        Dictionary<string, int> vocabulary =
            tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        List<(string Left, string Right)> merges = [];
        PairCounts counts = new(CountWords(corpus, vocabulary, cancellationToken));
        while (tokens.Count + specialTokens.Count < vocabularySize &&
            counts.TakeMostFrequent(MinimumCount) is (int left, int right))
        {
            cancellationToken.ThrowIfCancellationRequested();
            string merged = tokens[left] + tokens[right];
            if (!vocabulary.TryGetValue(merged, out int id))
            {
                id = tokens.Count;
                vocabulary.Add(merged, id);
                tokens.Add(merged);
            }

            merges.Add((tokens[left], tokens[right]));
            counts.Merge(left, right, id);
        }

        List<AddedToken> added =
            [.. specialTokens.Select((token, i) =>
                new AddedToken(token, tokens.Count + i, IsSpecial: true, IsNormalized: false))];
        return new BytePairTokenizer(
            new VocabularyContent("trained vocabulary", vocabulary, merges, added, Normalizes: true));
    }

    private static List<(int[] Ids, long Count)> CountWords(
        IEnumerable<string> corpus, Dictionary<string, int> vocabulary, CancellationToken cancellationToken)
    {
        Dictionary<string, long> words = [];
        foreach (string text in corpus)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (string word in WordSplitter.Split(UnicodeText.Compose(text)))
            {
                words[word] = words.GetValueOrDefault(word) + 1;
            }
        }

        int[] idOfByte = [.. Enumerable.Range(0, Bytes).Select(value =>
            vocabulary[ByteAlphabet.CharacterOf((byte)value).ToString()])];
        return [.. words.Select(word =>
            (System.Text.Encoding.UTF8.GetBytes(word.Key).Select(value => idOfByte[value]).ToArray(), word.Value))];
    }
}
