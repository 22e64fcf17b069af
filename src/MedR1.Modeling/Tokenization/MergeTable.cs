namespace MedR1.Modeling;

/// <summary>
/// The merges by token ids, and BPE with a heap, whose time is O(n log n) in the length of a word. The loop of the BPE
/// engine is quadratic and would take seconds for one very long word (base64, a line of dashes).
/// </summary>
internal sealed class MergeTable
{
    private readonly Dictionary<long, int> _ranks;
    private readonly int[] _merged;
    private readonly int[] _byteIds;

    /// <summary>Reads the merges.</summary>
    /// <exception cref="TokenizerFormatException">A merge needs a token that is missing, or occurs twice.</exception>
    public MergeTable(VocabularyContent content)
    {
        IReadOnlyList<(string Left, string Right)> merges = content.Merges;
        _ranks = new Dictionary<long, int>(merges.Count);
        _merged = new int[merges.Count];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (string left, string right) = merges[rank];
            _merged[rank] = IdOf(left + right);
            if (!_ranks.TryAdd(Key(IdOf(left), IdOf(right)), rank))
            {
                throw content.Fault($"merge {rank} ('{left}' + '{right}') occurs twice; its rank would be ambiguous.");
            }

            int IdOf(string token) => content.Vocabulary.TryGetValue(token, out int id)
                ? id
                : throw content.Fault(
                    $"merge {rank} ('{left}' + '{right}') needs the token '{token}', which the vocabulary lacks.");
        }

        _byteIds = [.. Enumerable.Range(0, 256).Select(value =>
            content.Vocabulary[ByteAlphabet.CharacterOf((byte)value).ToString()])];
    }

    /// <summary>Encodes one word.</summary>
    /// <param name="word">The bytes of the word.</param>
    /// <param name="ids">The list to which the ids are appended.</param>
    public void Encode(ReadOnlySpan<byte> word, List<int> ids)
    {
        int length = word.Length;
        int[] id = new int[length];
        int[] next = new int[length];
        int[] previous = new int[length];
        for (int i = 0; i < length; i++)
        {
            (id[i], next[i], previous[i]) = (_byteIds[word[i]], i + 1, i - 1);
        }

        // Ordered by rank, then by position: among equal pairs, the leftmost is merged first.
        PriorityQueue<int, long> candidates = new();
        for (int i = 0; i < length; i++)
        {
            Offer(i);
        }

        while (candidates.TryDequeue(out int at, out long priority))
        {
            int rank = (int)(priority >> 32);
            if (id[at] < 0 || next[at] >= length || RankOf(id[at], id[next[at]]) != rank)
            {
                continue;
            }

            int removed = next[at];
            id[at] = _merged[rank];
            id[removed] = -1;
            next[at] = next[removed];
            if (next[at] < length)
            {
                previous[next[at]] = at;
            }

            Offer(at);
            if (previous[at] >= 0)
            {
                Offer(previous[at]);
            }
        }

        for (int i = 0; i < length; i = next[i])
        {
            ids.Add(id[i]);
        }

        void Offer(int at)
        {
            if (next[at] < length && RankOf(id[at], id[next[at]]) is int rank and >= 0)
            {
                candidates.Enqueue(at, ((long)rank << 32) | (uint)at);
            }
        }
    }

    private int RankOf(int left, int right) => _ranks.TryGetValue(Key(left, right), out int rank) ? rank : -1;

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
