namespace MedR1.Rewards;

/// <summary>
/// Decides whether a phrase is negated or only considered, by cues around it (after NegEx: Chapman et al., J Biomed Inform
/// 2001;34:301-310).
/// </summary>
internal static class Negation
{
    private const int Reach = 6;
    private const int ReachBehind = 4;
    private const int ReachOfLists = 12;

    private static readonly string[][] s_before = Cues(
        "no", "not", "non", "without", "absence of", "lack of", "lacks", "lacking", "negative for", "free of", "denies",
        "neither", "nor", "rather than", "instead of", "never", "excludes", "rules out", "ruled out");

    private static readonly string[][] s_behind = Cues(
        "absent", "excluded", "unlikely", "ruled out", "not seen", "not present", "not identified", "not visible",
        "not found", "not detected", "not evident", "not demonstrated");

    private static readonly string[][] s_considered = Cues(
        "if", "whether", "rule out", "evaluate for", "look for", "looking for", "check for", "assess for",
        "question of", "consider");

    // "Not only X" states X, and "no change in X" does not deny X.
    private static readonly HashSet<string> s_notReally = ["only", "change", "increase", "decrease", "doubt", "longer"];

    /// <summary>True if the phrase is stated, false if it is denied, null if it is only considered.</summary>
    public static bool? IsStated(List<Word> words, int start, int count)
    {
        return Precedes(words, start, s_considered, listsReachOn: false) ? null
            : !(Precedes(words, start, s_before, listsReachOn: true) || Follows(words, start + count));
    }

    private static bool Precedes(List<Word> words, int start, string[][] cues, bool listsReachOn)
    {
        bool comma = words[start].AfterComma;
        for (int at = start - 1; at >= 0 && at >= start - Reach && words[at].Clause == words[start].Clause; at--)
        {
            bool isCue = cues.Any(cue => Matches(words, at, cue))
                && !(at + 1 < words.Count && s_notReally.Contains(words[at + 1].Text));
            if (isCue && (!comma || (listsReachOn && IsAlternative(words, at))))
            {
                return true;
            }

            comma |= words[at].AfterComma;
        }

        return false;
    }

    // "No X, Y or Z" denies all three; "no X, spiculated Y" denies only the first.
    private static bool IsAlternative(List<Word> words, int cue) =>
        words.Skip(cue).TakeWhile(word => word.Clause == words[cue].Clause).Any(word => word.Text is "or" or "nor");

    // "X is absent" denies X; "X, Y and Z are absent" denies all three; "X and Y is absent" denies only the last.
    private static bool Follows(List<Word> words, int end)
    {
        bool isList = false;
        for (int at = end; at < words.Count && at < end + (isList ? ReachOfLists : ReachBehind); at++)
        {
            if (words[at].Clause != words[end - 1].Clause)
            {
                return false;
            }

            isList |= words[at].AfterComma || words[at].Text is "and" or "or";
            if (s_behind.Any(cue => Matches(words, at, cue)))
            {
                return !isList || words[at - 1].Text is "are" or "were";
            }
        }

        return false;
    }

    private static bool Matches(List<Word> words, int at, string[] cue) =>
        at + cue.Length <= words.Count
        && Enumerable.Range(0, cue.Length).All(
            i => words[at + i].Text == cue[i] && words[at + i].Clause == words[at].Clause);

    private static string[][] Cues(params string[] cues) => [.. cues.Select(cue => cue.Split(' '))];
}
