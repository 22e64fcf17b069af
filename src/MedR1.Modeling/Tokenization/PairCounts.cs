namespace MedR1.Modeling;

/// <summary>Counts of adjacent token pairs in the words of a corpus, updated as pairs are merged.</summary>
internal sealed class PairCounts
{
    private readonly List<int>[] _words;
    private readonly long[] _wordCounts;
    private readonly Dictionary<(int Left, int Right), long> _counts = [];
    private readonly Dictionary<(int Left, int Right), HashSet<int>> _wordsOf = [];
    private readonly PriorityQueue<(int Left, int Right), (long Negative, int Left, int Right)> _queue = new();

    /// <summary>Counts the pairs in words, weighted by the number of occurrences of each word.</summary>
    public PairCounts(IReadOnlyList<(int[] Ids, long Count)> words)
    {
        _words = [.. words.Select(word => word.Ids.ToList())];
        _wordCounts = [.. words.Select(word => word.Count)];
        for (int word = 0; word < _words.Length; word++)
        {
            Count(word, sign: 1, touched: null);
        }

        foreach (((int Left, int Right) pair, long count) in _counts)
        {
            _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
        }
    }

    /// <summary>
    /// Takes the most frequent pair; ties are broken in favour of smaller ids. Returns <see langword="null"/> if no pair
    /// occurs often enough.
    /// </summary>
    public (int Left, int Right)? TakeMostFrequent(long minFrequency)
    {
        while (_queue.TryDequeue(out (int Left, int Right) pair, out (long Negative, int, int) priority))
        {
            // Entries outdated by a merge are skipped: the merge has queued the current count.
            if (_counts.GetValueOrDefault(pair) == -priority.Negative)
            {
                return -priority.Negative >= minFrequency ? pair : null;
            }
        }

        return null;
    }

    /// <summary>Merges a pair in all words, from left to right.</summary>
    public void Merge(int left, int right, int merged)
    {
        HashSet<(int Left, int Right)> touched = [];
        foreach (int word in _wordsOf[(left, right)].ToArray())
        {
            Count(word, sign: -1, touched);
            List<int> ids = _words[word];
            int kept = 0;
            for (int i = 0; i < ids.Count; i++, kept++)
            {
                bool pair = i + 1 < ids.Count && ids[i] == left && ids[i + 1] == right;
                ids[kept] = pair ? merged : ids[i];
                i += pair ? 1 : 0;
            }

            ids.RemoveRange(kept, ids.Count - kept);
            Count(word, sign: 1, touched);
        }

        foreach ((int Left, int Right) pair in touched)
        {
            if (_counts.TryGetValue(pair, out long count) && count > 0)
            {
                _queue.Enqueue(pair, (-count, pair.Left, pair.Right));
            }
            else
            {
                _counts.Remove(pair);
                _wordsOf.Remove(pair);
            }
        }
    }

    private void Count(int word, int sign, HashSet<(int Left, int Right)>? touched)
    {
        List<int> ids = _words[word];
        for (int i = 0; i + 1 < ids.Count; i++)
        {
            (int Left, int Right) pair = (ids[i], ids[i + 1]);
            _counts[pair] = _counts.GetValueOrDefault(pair) + sign * _wordCounts[word];
            touched?.Add(pair);
            if (!_wordsOf.TryGetValue(pair, out HashSet<int>? words))
            {
                _wordsOf[pair] = words = [];
            }

            if (sign > 0)
            {
                words.Add(word);
            }
            else
            {
                words.Remove(word);
            }
        }
    }
}
