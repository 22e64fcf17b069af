using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Sequences in a flat batch: the rows of each sequence, and the keys to which each query attends. A query attends to the
/// first keys of its sequence and to one later range of consecutive keys.
/// </summary>
internal sealed class SequenceLayout
{
    private readonly List<Sequence> _sequences = [];
    private readonly List<int> _queryRows = [];
    private readonly List<int> _keyRows = [];
    private readonly List<int> _keyGradientRows = [];
    private readonly List<Sight> _sights = [];

    /// <summary>The sequences.</summary>
    public ReadOnlySpan<Sequence> Sequences => CollectionsMarshal.AsSpan(_sequences);

    /// <summary>The flat row of each query, sequence by sequence.</summary>
    public ReadOnlySpan<int> QueryRows => CollectionsMarshal.AsSpan(_queryRows);

    /// <summary>The flat row of each key, sequence by sequence.</summary>
    public ReadOnlySpan<int> KeyRows => CollectionsMarshal.AsSpan(_keyRows);

    /// <summary>
    /// The row that receives each key's gradient, sequence by sequence: the key's own flat row, or, for a key shared by all
    /// sequences, a separate row after all flat rows; these are summed later.
    /// </summary>
    public ReadOnlySpan<int> KeyGradientRows => CollectionsMarshal.AsSpan(_keyGradientRows);

    /// <summary>The number of flat rows of keys.</summary>
    public int FlatKeys { get; private init; }

    /// <summary>The number of first flat rows that are keys of every sequence.</summary>
    public int CommonKeys { get; private init; }

    /// <summary>The keys to which each query attends.</summary>
    public ReadOnlySpan<Sight> Sights => CollectionsMarshal.AsSpan(_sights);

    /// <summary>The number of scores of one head, including masked scores.</summary>
    public long ScoreCount { get; private set; }

    /// <summary>Creates consecutive sequences of equal length with full (not causal) attention.</summary>
    public static SequenceLayout Whole(int count, int length)
    {
        SequenceLayout layout = new() { FlatKeys = count * length };
        for (int sequence = 0; sequence < count; sequence++)
        {
            layout.AddKeys(sequence * length, length);
            layout.AddQueries(sequence * length, length, _ => new Sight(length, length, length));
            layout.End();
        }

        return layout;
    }

    /// <summary>Returns the <see cref="ScoreCount"/> of groups of which all tokens are queries.</summary>
    public static long ScoreCountOf(GroupLengths lengths) => Enumerable.Range(0, lengths.Count).Sum(group =>
    {
        long keys = lengths.Prompts[group] + lengths.Completions[group].Sum();
        return (keys - (group == 0 ? 0 : lengths.Prefix)) * keys;
    });

    /// <summary>
    /// Creates groups of a prompt and its completions in the order of <see cref="GroupLengths"/>: a completion token attends to
    /// its prompt and the completion up to itself.
    /// </summary>
    /// <param name="lengths">The token counts of prompts and completions.</param>
    /// <param name="keepsLast">Whether only the last token of each prompt and the completion tokens are queries.</param>
    public static SequenceLayout Groups(GroupLengths lengths, bool keepsLast)
    {
        int flatPrompts = lengths.FlatPromptTokens;
        SequenceLayout layout = new() { CommonKeys = lengths.Prefix, FlatKeys = flatPrompts + lengths.CompletionTokens };
        int firstQuery = keepsLast ? lengths.Count : flatPrompts;
        for (int group = 0, prompt = 0, completion = 0; group < lengths.Count; group++)
        {
            int length = lengths.Prompts[group], total = lengths.Completions[group].Sum();
            int own = length - lengths.Prefix;

            // The prefix common to all prompts comes before the first prompt's own tokens.
            int first = prompt + (group == 0 ? lengths.Prefix : 0);
            layout.AddCommonKeys();
            layout.AddKeys(first, own);
            layout.AddKeys(flatPrompts + completion, total);
            layout.AddPrompt(group, prompt, length, group == 0 ? 0 : lengths.Prefix, keepsLast);
            int before = 0;
            foreach (int fed in lengths.Completions[group])
            {
                int start = length + before;
                layout.AddQueries(firstQuery + completion + before, fed, place => new Sight(length, start, start + place + 1));
                before += fed;
            }

            layout.End();
            prompt = first + own;
            completion += total;
        }

        return layout;
    }

    // Adds the queries of a prompt from a given token on; their rows are consecutive.
    private void AddPrompt(int sequence, int first, int length, int from, bool keepsLast)
    {
        if (keepsLast)
        {
            AddQueries(sequence, 1, _ => new Sight(length, length, length));
        }
        else
        {
            AddQueries(first, length - from, place => new Sight(from + place + 1, from + place + 1, from + place + 1));
        }
    }

    private void AddKeys(int first, int count)
    {
        _keyRows.AddRange(Enumerable.Range(first, count));
        _keyGradientRows.AddRange(Enumerable.Range(first, count));
    }

    private void AddCommonKeys()
    {
        _keyRows.AddRange(Enumerable.Range(0, CommonKeys));
        _keyGradientRows.AddRange(Enumerable.Range(FlatKeys + (_sequences.Count * CommonKeys), CommonKeys));
    }

    private void AddQueries(int first, int count, Func<int, Sight> see)
    {
        _queryRows.AddRange(Enumerable.Range(first, count));
        _sights.AddRange(Enumerable.Range(0, count).Select(see));
    }

    // Ends a sequence, which consists of everything added since the previous end.
    private void End()
    {
        (int query, int key) = _sequences.Count == 0 ? (0, 0) : _sequences[^1].End;
        Sequence sequence = new(query, _queryRows.Count - query, key, _keyRows.Count - key, ScoreCount);
        _sequences.Add(sequence);
        ScoreCount += (long)sequence.QueryCount * sequence.KeyCount;
    }

    /// <summary>A sequence.</summary>
    /// <param name="FirstQuery">The index of the first query.</param>
    /// <param name="QueryCount">The number of queries.</param>
    /// <param name="FirstKey">The index of the first key.</param>
    /// <param name="KeyCount">The number of keys.</param>
    /// <param name="FirstScore">The index of the first score of one head.</param>
    public readonly record struct Sequence(int FirstQuery, int QueryCount, int FirstKey, int KeyCount, long FirstScore)
    {
        /// <summary>The first query and the first key of the next sequence.</summary>
        public (int Query, int Key) End => (FirstQuery + QueryCount, FirstKey + KeyCount);
    }

    /// <summary>
    /// The keys of its sequence to which a query attends: those before <paramref name="Shared"/>, and those from
    /// <paramref name="First"/> to before <paramref name="End"/>.
    /// </summary>
    /// <param name="Shared">The number of first keys, at least 1.</param>
    /// <param name="First">The start of the range, at least <paramref name="Shared"/>.</param>
    /// <param name="End">The exclusive end of the range, at least <paramref name="First"/>.</param>
    public readonly record struct Sight(int Shared, int First, int End);
}
