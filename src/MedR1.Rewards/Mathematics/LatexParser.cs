using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Reads an answer in LaTeX or plain arithmetic: terms, tuples, sets, intervals, equations, percentages. Anything else is text.
/// </summary>
internal sealed partial class LatexParser
{
    // Keeps hostile text from exhausting the stack when long sums are evaluated.
    private const int MaxTokens = 2000;
    private const string PlusMinus = @"\pm";
    private readonly LatexCursor _cursor;
    private readonly TermParser _terms;

    private LatexParser(List<string> tokens, bool lenient, bool isComplex)
    {
        _cursor = new LatexCursor(tokens);
        _terms = new TermParser(_cursor, lenient, isComplex);
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="latex">The answer, without the dollars around it.</param>
    /// <param name="lenient">Whether <c>\frac12</c> is read as one half; otherwise it is malformed, and therefore text.</param>
    public static MathAnswer Parse(string latex, bool lenient)
    {
        string text = LatexNormalization.Of(latex);
        MathAnswer asText = new(MathKind.Text, text, null, []);
        if (MatrixPattern().Match(text) is { Success: true } matrix)
        {
            return Matrix(matrix.Groups[2].Value, lenient) ?? asText;
        }

        if (WordPattern().Match(text) is { Success: true } word)
        {
            string name = OutsideOfWordsPattern().Replace(word.Groups[1].Value, "");
            return name.Length == 0 ? asText
                : new MathAnswer(MathKind.Term, text, SymbolNode.Of(name, isUpright: true, isComplex: false), []);
        }

        if (LatexTokens.Of(text) is not { Count: > 0 and <= MaxTokens } tokens)
        {
            return asText;
        }

        bool isComplex = ComplexPattern().IsMatch(text);
        if (!tokens.Contains(PlusMinus))
        {
            return Whole(tokens) ?? asText;
        }

        // Two answers, one for each sign.
        MathAnswer?[] both = [.. new[] { "-", "+" }.Select(sign =>
            Whole([.. tokens.Select(token => token == PlusMinus ? sign : token)]))];
        return both.All(answer => answer?.Kind == MathKind.Term)
            ? new MathAnswer(MathKind.Set, text, null, [.. both.Select(answer => answer! with { Text = "" })]) : asText;

        MathAnswer? Whole(List<string> all)
        {
            try
            {
                LatexParser parser = new(all, lenient, isComplex);
                MathAnswer answer = parser.Answer();
                return parser._cursor.AtEnd ? answer with { Text = parser._terms.IsMended ? "" : text } : null;
            }
            catch (FormatException)
            {
                return null;
            }
        }
    }

    private static MathAnswer? Matrix(string cells, bool lenient)
    {
        // A matrix in a cell makes the whole text; reading it first would exhaust the stack if it contains another, and so on.
        if (cells.Contains(@"\begin", StringComparison.Ordinal))
        {
            return null;
        }

        // White space after a trailing \\ is not a row.
        string[] texts = cells.Split(@"\\");
        int count = texts.Length > 1 && string.IsNullOrWhiteSpace(texts[^1]) ? texts.Length - 1 : texts.Length;
        MathAnswer[] rows = [.. texts.Take(count).Select(row => new MathAnswer(
            MathKind.Tuple, "", null, [.. row.Split('&').Select(cell => Parse(cell, lenient))]))];
        return rows.SelectMany(row => row.Parts).Any(cell => cell.Kind != MathKind.Term) ? null
            : new MathAnswer(MathKind.Matrix, "", null, rows);
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
        MathAnswer left = Joined();
        if (_cursor.Next is "<" or ">" or "<=" or ">=")
        {
            return Inequalities(left);
        }

        MathAnswer? right = null;
        while (_cursor.Take("="))
        {
            // In a chain a = b = c, only the two ends count.
            right = Joined();
        }

        return right is null ? left : new MathAnswer(MathKind.Equation, "", null, [left, right]);
    }

    private MathAnswer Inequalities(MathAnswer first)
    {
        List<MathAnswer> all = [];
        MathAnswer left = first;
        while (_cursor.Next is "<" or ">" or "<=" or ">=")
        {
            string sign = _cursor.Read();
            MathAnswer right = Term();
            MathAnswer[] sides = sign[0] == '<' ? [left, right] : [right, left];
            MathAnswer relation = new(MathKind.Text, sign.Length == 1 ? "<" : "<=", null, []);
            all.Add(new MathAnswer(MathKind.Inequality, "", null, [.. sides, relation]));
            left = right;
        }

        return all.Count == 1 ? all[0] : new MathAnswer(MathKind.Chain, "", null, all);
    }

    /// <summary>A group or term, or a union of several.</summary>
    private MathAnswer Joined()
    {
        if (_cursor.Take(@"\emptyset"))
        {
            return new MathAnswer(MathKind.Set, "", null, []);
        }

        List<MathAnswer> parts = [Grouped() ?? Term()];
        while (_cursor.Take(@"\cup"))
        {
            parts.Add(Grouped() ?? Term());
        }

        return parts.Count == 1 ? parts[0] : new MathAnswer(MathKind.Union, "", null, parts);
    }

    /// <summary>A tuple, set or interval that ends where the part ends; otherwise null, with nothing consumed.</summary>
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
        bool ends = _cursor.Peek(1) is "" or "," or ";" or "=" or ")" or "]" or @"\}" or @"\cup";
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

    // Text in upright letters is a name, with or without brackets around it.
    [GeneratedRegex(@"^\(?\s*\\(?:text|mbox)\s*\{([^{}\\]*)\}\s*\)?$", RegexOptions.CultureInvariant)]
    private static partial Regex WordPattern();

    [GeneratedRegex(@"[\s()]+", RegexOptions.CultureInvariant)]
    private static partial Regex OutsideOfWordsPattern();

    // Text that makes math-verify compute with complex numbers; otherwise i is a symbol like any other.
    [GeneratedRegex(@"\\imath\b|\\?\bi\b|\\det|\\mathbb\{C\}", RegexOptions.CultureInvariant)]
    private static partial Regex ComplexPattern();

    [GeneratedRegex(
        @"^\\begin\{([pbvBV]?matrix)\}(.*)\\end\{\1\}$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex MatrixPattern();
}
