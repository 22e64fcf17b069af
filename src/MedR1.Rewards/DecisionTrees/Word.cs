using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>A word, number or sign of a text.</summary>
/// <param name="Text">In lower case.</param>
/// <param name="Start">Where it starts in the text.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Clause">The clause it is in: negation does not reach beyond it.</param>
/// <param name="AfterComma">Whether a comma precedes it.</param>
internal sealed partial record Word(string Text, int Start, int End, int Clause, bool AfterComma)
{
    private static readonly HashSet<string> s_turns = ["but", "however", "although", "though", "whereas", "yet"];

    /// <summary>Whether it is written in digits; .NET's parser also takes "nan" and "infinity" for numbers.</summary>
    public bool IsNumber => char.IsAsciiDigit(Text[^1]);

    public static List<Word> Read(string text)
    {
        List<Word> words = [];
        int clause = 0;
        int from = 0;
        foreach (Match match in WordPattern().Matches(text))
        {
            string before = text[from..match.Index];
            string word = match.Value.ToLowerInvariant().Replace('\u2212', '-');
            clause += before.AsSpan().IndexOfAny(".;:!?\n\r") >= 0 || s_turns.Contains(word) ? 1 : 0;
            words.Add(new Word(word, match.Index, match.Index + match.Length, clause, before.Contains(',')));
            from = match.Index + match.Length;
        }

        return words;
    }

    /// <summary>The words by which a phrase is found.</summary>
    public static string[] Phrase(string text) => [.. Read(text).Select(word => word.Text)];

    // A minus sign belongs to its number, but not the dash of "6-8 mm", "5%-8%" or "LR-4".
    [GeneratedRegex(
        @"(?:(?<![\p{L}\p{N})%°])[-\u2212])?[0-9]+(?:\.[0-9]+)?|\p{L}[\p{L}\p{M}]*|[<>≤≥%×°]",
        RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();
}
