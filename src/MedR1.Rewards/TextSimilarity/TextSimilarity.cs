using System.Text;

namespace MedR1.Rewards;

/// <summary>Similarity measures for texts: 1 if they are equal, 0 if they share nothing.</summary>
public static class TextSimilarity
{
    /// <summary>
    /// The F1 of words (SQuAD, arXiv 1606.05250, but articles count): case is folded, Unicode's punctuation treated as white space,
    /// and each word counted as often as it occurs in both. Two texts without words are equal. Symbols, which SQuAD removes if they
    /// are ASCII, are kept: <c>&lt;5</c> differs from <c>5</c>.
    /// </summary>
    /// <param name="predicted">The text to judge.</param>
    /// <param name="reference">The reference text.</param>
    public static double TokenF1(string predicted, string reference)
    {
        ArgumentNullException.ThrowIfNull(predicted);
        ArgumentNullException.ThrowIfNull(reference);
        IReadOnlyList<string> ours = Words(predicted);
        IReadOnlyList<string> theirs = Words(reference);
        if (ours.Count + theirs.Count == 0)
        {
            return 1.0;
        }

        Dictionary<string, int> left = theirs.CountBy(word => word).ToDictionary();
        int hits = ours.CountBy(word => word).Sum(word => Math.Min(word.Value, left.GetValueOrDefault(word.Key)));
        return 2.0 * hits / (ours.Count + theirs.Count);
    }

    /// <summary>
    /// 1 − the minimum number of insertions, deletions and substitutions of characters (code points) / the longer length. Two empty
    /// texts are equal.
    /// </summary>
    /// <param name="first">A text.</param>
    /// <param name="second">A second text.</param>
    public static double LevenshteinRatio(string first, string second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Rune[] a = [.. first.EnumerateRunes()];
        Rune[] b = [.. second.EnumerateRunes()];
        if (a.Length + b.Length == 0)
        {
            return 1.0;
        }

        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        int[] row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, Math.Min(above[j], row[j - 1]) + 1);
            }

            (row, above) = (above, row);
        }

        return 1.0 - above[b.Length] / (double)Math.Max(a.Length, b.Length);
    }

    private static IReadOnlyList<string> Words(string text)
    {
        StringBuilder plain = new(text.Length);
        foreach (Rune character in PythonText.CaseFold(text).EnumerateRunes())
        {
            plain.Append(Rune.IsPunctuation(character) ? " " : character.ToString());
        }

        return PythonText.Split(plain.ToString());
    }
}
