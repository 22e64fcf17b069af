namespace MedR1.Modeling;

/// <summary>
/// Learns a byte-level BPE vocabulary from text: it starts with the 256 bytes and repeatedly merges the most frequent pair inside
/// words (<see cref="WordSplitter"/>; Sennrich et al., arXiv 1508.07909). Deterministic: ties are broken in favour of smaller ids.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>The minimum number of occurrences for a pair to be merged.</summary>
    public const int MinFrequency = 2;

    private const int Bytes = 256;

    /// <summary>Learns a vocabulary.</summary>
    /// <param name="corpus">The texts. Names of control tokens in them are treated as plain text.</param>
    /// <param name="vocabularySize">
    /// The number of tokens, including control tokens; the result has fewer if no more pairs are frequent enough.
    /// </param>
    /// <param name="specialTokens">The control tokens; their ids follow those of the learned tokens.</param>
    /// <param name="cancellationToken">Cancels between merges.</param>
    /// <returns>The tokenizer; <see cref="BytePairTokenizer.Save"/> writes it.</returns>
    /// <exception cref="ArgumentException">
    /// The size is smaller than the number of bytes and control tokens, or a control token is empty or occurs twice.
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
                $"tokens; use at least {Bytes + specialTokens.Count}.", nameof(vocabularySize));
        }

        if (specialTokens.Any(string.IsNullOrEmpty) || specialTokens.Distinct().Count() != specialTokens.Count)
        {
            throw new ArgumentException("A control token is empty or occurs twice.", nameof(specialTokens));
        }

        List<string> tokens = [.. ByteAlphabet.InOrder.Select(character => character.ToString())];
        Dictionary<string, int> vocabulary =
            tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
        List<(string Left, string Right)> merges = [];
        PairCounts counts = new(CountWords(corpus, vocabulary, cancellationToken));
        while (tokens.Count + specialTokens.Count < vocabularySize &&
            counts.TakeMostFrequent(MinFrequency) is (int left, int right))
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
