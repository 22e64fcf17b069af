using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>A word, number or symbol of a text.</summary>
/// <param name="Text">The word in lower case; a number without its thousands separators.</param>
/// <param name="Start">The start of the word in the text.</param>
/// <param name="End">The end of the word in the text.</param>
/// <param name="Clause">The index of the word's clause; negation does not extend beyond a clause.</param>
/// <param name="AfterComma">Whether a comma precedes it.</param>
internal sealed partial record Word(string Text, int Start, int End, int Clause, bool AfterComma)
{
    private static readonly HashSet<string> s_turns = ["but", "however", "although", "though", "whereas", "yet"];

    /// <summary>Whether the word is written in digits; .NET's parser would also accept "nan" and "infinity".</summary>
    public bool IsNumber => char.IsAsciiDigit(Text[^1]);

    public static List<Word> Read(string text)
    {
        List<Word> words = [];
        int clause = 0;
        int from = 0;
        foreach (Match match in WordPattern().Matches(text))
        {
            string before = text[from..match.Index];
            string word = match.Value.ToLowerInvariant().Replace('\u2212', '-').Replace(",", "");
            clause += before.AsSpan().IndexOfAny(".;:!?\n\r") >= 0 || s_turns.Contains(word) ? 1 : 0;
            words.Add(new Word(word, match.Index, match.Index + match.Length, clause, before.Contains(',')));
            from = match.Index + match.Length;
        }

        return words;
    }

    /// <summary>The words of a phrase, for matching.</summary>
    public static string[] Phrase(string text) => [.. Read(text).Select(word => word.Text)];

    // A minus sign belongs to its number, but the dash in "6-8 mm", "5%-8%" or "LR-4" does not.
    [GeneratedRegex(
        @"(?:(?<![\p{L}\p{N})%°])[-\u2212])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|\p{L}[\p{L}\p{M}]*|[<>≤≥%×°]",
        RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();
}
