namespace MedR1.Rewards;

/// <summary>Finds what a text says about the findings of a tree.</summary>
internal sealed class StatementReader
{
    private readonly Dictionary<string, List<(string[] Words, string Finding, bool Present)>> _phrases = [];
    private readonly List<(string Finding, RangeDocument Range, HashSet<string> Near)> _ranges = [];

    public StatementReader(IReadOnlyDictionary<string, FindingDocument?> findings)
    {
        foreach ((string name, FindingDocument? finding) in findings)
        {
            AddPhrases(finding!.Phrases, name, present: true);
            AddPhrases(finding.AbsentPhrases, name, present: false);
            if (finding.Range is RangeDocument range)
            {
                _ranges.Add((name, range, [.. (range.Near ?? []).SelectMany(near => Word.Phrase(near!))]));
            }
        }
    }

    /// <summary>The statements in the order of the text.</summary>
    public IReadOnlyList<Statement> Read(string text)
    {
        List<Word> words = Word.Read(text);
        List<Statement> statements = [];
        for (int at = 0; at < words.Count;)
        {
            (string[] Words, string Finding, bool Present)? phrase = LongestAt(words, at);
            if (phrase is (string[] found, string finding, bool present))
            {
                // Denying a phrase of absence ("not smooth") states nothing: it does not say that the finding is present.
                if (Negation.IsStated(words, at, found.Length) is bool stated && (present || stated))
                {
                    statements.Add(StatementOf(finding, present && stated, words, at, found.Length));
                }

                at += found.Length;
                continue;
            }

            at += AddMeasures(text, words, at, statements);
        }

        return statements;
    }

    private static Statement StatementOf(string finding, bool present, List<Word> words, int at, int count) =>
        new(finding, present, words[at].Start, words[at + count - 1].End);

    private (string[] Words, string Finding, bool Present)? LongestAt(List<Word> words, int at)
    {
        if (!_phrases.TryGetValue(words[at].Text, out List<(string[] Words, string Finding, bool Present)>? candidates))
        {
            return null;
        }

        foreach ((string[] Words, string Finding, bool Present) candidate in candidates)
        {
            bool fits = at + candidate.Words.Length <= words.Count
                && words[at + candidate.Words.Length - 1].Clause == words[at].Clause
                && Enumerable.Range(0, candidate.Words.Length).All(i => words[at + i].Text == candidate.Words[i]);
            if (fits)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>Adds what a measure states, if there is one; returns the number of words read.</summary>
    private int AddMeasures(string text, List<Word> words, int at, List<Statement> statements)
    {
        if (Measure.At(text, words, at) is not Measure measure)
        {
            return 1;
        }

        if (Negation.IsStated(words, at, measure.WordCount) != true)
        {
            return measure.WordCount;
        }

        HashSet<string> clause = [.. words.Where(word => word.Clause == words[at].Clause).Select(word => word.Text)];
        foreach ((string finding, RangeDocument range, HashSet<string> near) in _ranges)
        {
            NumericUnit bound = NumericOptions.MedicalUnits[range.Unit!];
            if (bound.Dimension == measure.Dimension && range.Holds(measure.Value / bound.Factor)
                && (near.Count == 0 || near.Overlaps(clause)))
            {
                statements.Add(StatementOf(finding, true, words, at, measure.WordCount));
            }
        }

        return measure.WordCount;
    }

    private void AddPhrases(string?[]? phrases, string finding, bool present)
    {
        foreach (string? phrase in phrases ?? [])
        {
            string[] words = Word.Phrase(phrase!);
            if (!_phrases.TryGetValue(words[0], out List<(string[] Words, string Finding, bool Present)>? same))
            {
                _phrases.Add(words[0], same = []);
            }

            // Longest first: "part solid" is not "solid".
            int place = same.FindIndex(other => other.Words.Length < words.Length);
            same.Insert(place < 0 ? same.Count : place, (words, finding, present));
        }
    }
}
