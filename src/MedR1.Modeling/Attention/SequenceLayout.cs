using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// Sequences in a flat batch: the rows that each is made of, and which of its keys each of its queries sees. A query sees
/// the first keys of its sequence and some neighbours further behind.
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

    /// <summary>The flat row of each query, sequence after sequence.</summary>
    public ReadOnlySpan<int> QueryRows => CollectionsMarshal.AsSpan(_queryRows);

    /// <summary>The flat row of each key, sequence after sequence.</summary>
    public ReadOnlySpan<int> KeyRows => CollectionsMarshal.AsSpan(_keyRows);

    /// <summary>
    /// Where each key's gradient goes, sequence after sequence: to the key's own row, but that of a key of several sequences
    /// to a row behind all others, where they are added up.
    /// </summary>
    public ReadOnlySpan<int> KeyGradientRows => CollectionsMarshal.AsSpan(_keyGradientRows);

    /// <summary>How many of the first flat rows are keys of each sequence.</summary>
    public int CommonKeys { get; private init; }

    /// <summary>What each query sees.</summary>
    public ReadOnlySpan<Sight> Sights => CollectionsMarshal.AsSpan(_sights);

    /// <summary>Scores of one head, what is not seen included.</summary>
    public long ScoreCount { get; private set; }

    /// <summary>Sequences of one length, one after another, of which every token sees all.</summary>
    public static SequenceLayout Whole(int count, int length)
    {
        SequenceLayout layout = new();
        for (int sequence = 0; sequence < count; sequence++)
        {
            layout.AddKeys(sequence * length, length);
            layout.AddQueries(sequence * length, length, _ => new Sight(length, length, length));
            layout.End();
        }

        return layout;
    }

    /// <summary>What <see cref="ScoreCount"/> is of groups whose prompts are asked for whole.</summary>
    public static long ScoreCountOf(GroupLengths lengths) => Enumerable.Range(0, lengths.Count).Sum(group =>
    {
        long keys = lengths.Prompts[group] + lengths.Completions[group].Sum();
        return (keys - (group == 0 ? 0 : lengths.Prefix)) * keys;
    });

    /// <summary>
    /// Prompts, each with its completions, as <see cref="GroupLengths"/> orders them: a completion's token sees its prompt and
    /// what is before it in its completion.
    /// </summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="keepsLast">Whether the queries are the last token of each prompt and the completions alone.</param>
    public static SequenceLayout Groups(GroupLengths lengths, bool keepsLast)
    {
        SequenceLayout layout = new() { CommonKeys = lengths.Prefix };
        int flatPrompts = lengths.FlatPromptTokens;
        int firstQuery = keepsLast ? lengths.Count : flatPrompts;
        for (int group = 0, prompt = 0, completion = 0; group < lengths.Count; group++)
        {
            int length = lengths.Prompts[group], total = lengths.Completions[group].Sum();
            int own = length - lengths.Prefix;

            // The prefix common to all prompts comes before the first prompt's own tokens.
            int first = prompt + (group == 0 ? lengths.Prefix : 0);
            layout.AddCommonKeys(flatPrompts + lengths.CompletionTokens);
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

    // A prompt's tokens from a given index on; their rows are consecutive.
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

    private void AddCommonKeys(int flatRows)
    {
        _keyRows.AddRange(Enumerable.Range(0, CommonKeys));
        _keyGradientRows.AddRange(Enumerable.Range(flatRows + (_sequences.Count * CommonKeys), CommonKeys));
    }

    private void AddQueries(int first, int count, Func<int, Sight> see)
    {
        _queryRows.AddRange(Enumerable.Range(first, count));
        _sights.AddRange(Enumerable.Range(0, count).Select(see));
    }

    // Whatever was added since the last end is one sequence.
    private void End()
    {
        (int query, int key) = _sequences.Count == 0 ? (0, 0) : _sequences[^1].End;
        Sequence sequence = new(query, _queryRows.Count - query, key, _keyRows.Count - key, ScoreCount);
        _sequences.Add(sequence);
        ScoreCount += (long)sequence.QueryCount * sequence.KeyCount;
    }

    /// <summary>A sequence.</summary>
    /// <param name="FirstQuery">Its first query among all.</param>
    /// <param name="QueryCount">Queries.</param>
    /// <param name="FirstKey">Its first key among all.</param>
    /// <param name="KeyCount">Keys.</param>
    /// <param name="FirstScore">Scores of one head of the sequences before.</param>
    public readonly record struct Sequence(int FirstQuery, int QueryCount, int FirstKey, int KeyCount, long FirstScore)
    {
        /// <summary>The first query and the first key of the next.</summary>
        public (int Query, int Key) End => (FirstQuery + QueryCount, FirstKey + KeyCount);
    }

    /// <summary>The keys of its sequence that a query sees: those before <paramref name="Shared"/>, and from
    /// <paramref name="First"/> to before <paramref name="End"/>.</summary>
    /// <param name="Shared">How many of the first keys, at least 1.</param>
    /// <param name="First">Not before <paramref name="Shared"/>.</param>
    /// <param name="End">Not before <paramref name="First"/>.</param>
    public readonly record struct Sight(int Shared, int First, int End);
}
