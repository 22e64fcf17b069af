using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Reads an answer in LaTeX or plain arithmetic: terms, tuples, sets, intervals, equations, percentages. Anything unknown is text.
/// </summary>
internal sealed partial class LatexParser
{
    // Keeps hostile text from exhausting the stack when long sums are evaluated.
    private const int MostTokens = 2000;
    private readonly LatexCursor _cursor;
    private readonly TermParser _terms;

    private LatexParser(LatexCursor cursor, bool lenient)
    {
        _cursor = cursor;
        _terms = new TermParser(cursor, lenient);
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="latex">The answer, without the dollars around it.</param>
    /// <param name="lenient">Whether <c>\frac12</c> is one half; strictly it is malformed, and therefore text.</param>
    public static MathAnswer Parse(string latex, bool lenient)
    {
        string text = WhiteSpacePattern().Replace(latex, "");
        MathAnswer asText = new(MathKind.Text, text, null, []);
        if (LatexTokens.Of(latex) is not { Count: > 0 and <= MostTokens } tokens)
        {
            return asText;
        }

        LatexCursor cursor = new(tokens);
        try
        {
            MathAnswer answer = new LatexParser(cursor, lenient).Answer();
            return cursor.AtEnd ? answer with { Text = text } : asText;
        }
        catch (FormatException)
        {
            return asText;
        }
    }

    private MathAnswer Answer()
    {
        List<MathAnswer> parts = [Part()];
        while (_cursor.Take(",") || _cursor.Take(";"))
        {
            parts.Add(Part());
        }

        return parts.Count == 1 ? parts[0] : new MathAnswer(MathKind.Set, "", null, parts);
    }

    private MathAnswer Part()
    {
        MathAnswer left = Grouped() ?? Term();
        if (!_cursor.Take("="))
        {
            return left;
        }

        MathAnswer right = Grouped() ?? Term();

        // In a chain a = b = c the last one counts.
        return _cursor.Take("=") ? Part() : new MathAnswer(MathKind.Equation, "", null, [left, right]);
    }

    /// <summary>A tuple, set or interval that ends where the part ends; otherwise nothing is consumed.</summary>
    private MathAnswer? Grouped()
    {
        (int At, int Depth) start = _cursor.Mark();
        string open = _cursor.Next;
        if (open is not ("(" or "[" or @"\{"))
        {
            return null;
        }

        _cursor.Deepen();
        _cursor.Read();
        List<MathAnswer> parts = [];
        try
        {
            do
            {
                parts.Add(Grouped() ?? Term());
            }
            while (_cursor.Take(",") || _cursor.Take(";"));
        }
        catch (FormatException)
        {
            _cursor.Return(start);
            return null;
        }

        string close = _cursor.Next;
        bool ends = _cursor.Peek(1) is "" or "," or ";" or "=" or ")" or "]" or @"\}";
        bool isSet = open == @"\{" && close == @"\}";
        bool isRound = open == "(" && close == ")";
        bool isInterval = !isSet && !isRound && open is "(" or "[" && close is ")" or "]" && parts.Count == 2;
        if (!ends || !(isSet || isInterval || (isRound && parts.Count > 1)))
        {
            _cursor.Return(start);
            return null;
        }

        _cursor.Read();
        _cursor.Rise();
        return new MathAnswer(
            isSet ? MathKind.Set : isInterval ? MathKind.Interval : MathKind.Tuple,
            "",
            null,
            isInterval ? [.. parts, new MathAnswer(MathKind.Text, open + close, null, [])] : parts);
    }

    private MathAnswer Term() => new(MathKind.Term, "", _terms.Sum(), []);

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpacePattern();
}
