using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Reads an answer in LaTeX or plain arithmetic. What can't be read is text.</summary>
internal static partial class LatexParser
{
    // Keeps hostile text from exhausting the stack when long sums are evaluated.
    private const int MaxTokens = 2000;

    /// <summary>Reads an answer.</summary>
    /// <param name="latex">The answer, without the dollars around it.</param>
    /// <param name="lenient">Whether <c>\frac12</c> is read as one half; otherwise it is malformed, and therefore text.</param>
    public static MathAnswer Parse(string latex, bool lenient)
    {
        string text = LatexNormalization.Of(latex);
        return Whole(text, lenient) ?? LastSide(text, lenient) ?? new MathAnswer(MathKind.Text, text, null, []);
    }

    private static MathAnswer? Whole(string text, bool lenient)
    {
        if (WordPattern().Match(text) is { Success: true } word)
        {
            string name = OutsideOfWordsPattern().Replace(word.Groups[1].Value, "");
            return name.Length == 0 ? null
                : new MathAnswer(MathKind.Term, text, SymbolNode.Of(name, isUpright: true, isComplex: false), []);
        }

        if (GroupedNumberPattern().IsMatch(text))
        {
            return Number(text);
        }

        if (LatexTokens.Of(text) is not { Count: > 0 and <= MaxTokens } tokens)
        {
            return null;
        }

        try
        {
            LatexCursor cursor = new(tokens);
            TermParser terms = new(cursor, lenient, isComplex: ComplexPattern().IsMatch(text));
            MathAnswer answer = new AnswerParser(cursor, terms).Answer();
            return cursor.AtEnd ? answer with { Text = terms.IsMended ? "" : text } : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // In a chain of equations that can't be read as a whole, the last side counts.
    private static MathAnswer? LastSide(string text, bool lenient)
    {
        string[] sides = EqualsPattern().Split(text);
        return sides.Length > 2 && !text.Contains(',') && !text.Contains(';') && Whole(sides[^1].Trim(), lenient) is MathAnswer last
            ? last with { Text = "" } : null;
    }

    // 1,234.5, or with a comma for the point: 0,125.
    private static MathAnswer Number(string text)
    {
        string digits = text.StartsWith('0') ? text.Replace(',', '.') : text.Replace(",", "");
        return digits.Count(letter => letter == '.') > 1 ? new MathAnswer(MathKind.Text, text, null, [])
            : new MathAnswer(MathKind.Term, text, TermParser.Number(digits.Trim()), []);
    }

    // Text in upright letters is a name, with or without brackets around it.
    [GeneratedRegex(@"^\(?\s*\\(?:text|mbox)\s*\{([^{}\\]*)\}\s*\)?$", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"[\s()]+", RegexOptions.CultureInvariant)]
    private static partial Regex OutsideOfWordsPattern();

    // Elsewhere a comma separates the elements of a set.
    [GeneratedRegex(@"^\s*-?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupedNumberPattern();

    [GeneratedRegex(@"(?<![\\<!>])=", RegexOptions.CultureInvariant)]
    private static partial Regex EqualsPattern();

    // Text that makes math-verify compute with complex numbers; otherwise i is a symbol like any other.
    [GeneratedRegex(@"\\imath\b|\\?\bi\b|\\det|\\mathbb\{C\}", RegexOptions.CultureInvariant)]
    private static partial Regex ComplexPattern();
}
