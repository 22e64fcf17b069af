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
    private readonly List<Sight> _sights = [];

    /// <summary>The sequences.</summary>
    public ReadOnlySpan<Sequence> Sequences => CollectionsMarshal.AsSpan(_sequences);

    /// <summary>The flat row of each query, sequence after sequence.</summary>
    public ReadOnlySpan<int> QueryRows => CollectionsMarshal.AsSpan(_queryRows);

    /// <summary>The flat row of each key, sequence after sequence.</summary>
    public ReadOnlySpan<int> KeyRows => CollectionsMarshal.AsSpan(_keyRows);

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

    /// <summary>Sequences one after another, of which a token sees itself and what is before it.</summary>
    /// <param name="lengths">Tokens of each.</param>
    /// <param name="keepsLast">Whether the queries are the last token of each alone.</param>
    public static SequenceLayout Causal(IReadOnlyList<int> lengths, bool keepsLast)
    {
        SequenceLayout layout = new();
        for (int sequence = 0, first = 0; sequence < lengths.Count; first += lengths[sequence++])
        {
            layout.AddKeys(first, lengths[sequence]);
            layout.AddPrompt(sequence, first, lengths[sequence], keepsLast);
            layout.End();
        }

        return layout;
    }

    /// <summary>
    /// Prompts, each with its completions, as <see cref="GroupLengths"/> orders them: a completion's token sees its prompt and
    /// what is before it in its completion.
    /// </summary>
    /// <param name="lengths">Tokens of prompts and completions.</param>
    /// <param name="keepsLast">Whether the queries are the last token of each prompt and the completions alone.</param>
    public static SequenceLayout Groups(GroupLengths lengths, bool keepsLast)
    {
        SequenceLayout layout = new();
        int firstQuery = keepsLast ? lengths.Count : lengths.PromptTokens;
        for (int group = 0, prompt = 0, completion = 0; group < lengths.Count; group++)
        {
            int length = lengths.Prompts[group], total = lengths.Completions[group].Sum();
            layout.AddKeys(prompt, length);
            layout.AddKeys(lengths.PromptTokens + completion, total);
            layout.AddPrompt(group, prompt, length, keepsLast);
            int before = 0;
            foreach (int own in lengths.Completions[group])
            {
                int first = length + before;
                layout.AddQueries(firstQuery + completion + before, own, place => new Sight(length, first, first + place + 1));
                before += own;
            }

            layout.End();
            prompt += length;
            completion += total;
        }

        return layout;
    }

    private void AddPrompt(int sequence, int first, int length, bool keepsLast)
    {
        if (keepsLast)
        {
            AddQueries(sequence, 1, _ => new Sight(length, length, length));
        }
        else
        {
            AddQueries(first, length, place => new Sight(place + 1, place + 1, place + 1));
        }
    }

    private void AddKeys(int first, int count) => _keyRows.AddRange(Enumerable.Range(first, count));

    private void AddQueries(int first, int count, Func<int, Sight> see)
    {
        _queryRows.AddRange(Enumerable.Range(first, count));
        _sights.AddRange(Enumerable.Range(0, count).Select(see));
    }

    // What was added since the last end is a sequence.
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
