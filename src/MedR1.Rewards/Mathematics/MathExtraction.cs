using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Finds the answer in a text as math-verify does: first in a box, else in LaTeX after the word "answer"; a gold answer also in any
/// LaTeX, or as a plain number or arithmetic.
/// </summary>
internal static partial class MathExtraction
{
    private const string Environment =
        @"(?:(?<!\\)\$\$(?<latex>(?:[^$]|\$(?!\$))+?)(?<!\\)\$\$|(?<!\\)\\\[(?<latex>(?:[^\\]|\\(?!\]))+?)\\\]"
        + @"|(?<![\\0-9])\$(?<latex>(?:\\\$|[^\n$])+?)(?<!\\)\$|(?<!\\)\\\((?<latex>(?:[^\\\n]|\\(?!\)))+?)\\\)"
        + @"|(?<latex>-?\\frac\{-?[0-9]+(?:[.,][0-9]+)?\}\{-?[0-9]+(?:[.,][0-9]+)?\}))"
        + @"\s*(?<percent>\\?%|[Pp]ercent(?:age)?|[Pp]ct)?";

    private const string Number =
        @"(?<![0-9])(?:-?[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+(?:\.[0-9]+)?|-?[0-9]+[.,][0-9]+|\.[0-9]+|-?[0-9]+)";

    /// <summary>The answer of a completion; null if it gives none.</summary>
    public static MathAnswer? Answer(string text) =>
        Boxed(text, lenient: false) ?? Last(AnchoredPattern(), text, false);

    /// <summary>The gold answer; null if it can't be read.</summary>
    public static MathAnswer? Gold(string text)
    {
        if (Boxed(text, lenient: true) is MathAnswer boxed)
        {
            return boxed;
        }

        if (Last(AnchoredPattern(), text, true) is MathAnswer anchored)
        {
            return anchored;
        }

        Match? latex = Rightmost(EnvironmentPattern(), text);
        Match? plain = Rightmost(PlainPattern(), text);
        bool takesLatex = latex is not null
            && (plain is null || latex.Index + latex.Length >= plain.Index + plain.Length);
        return takesLatex ? Read(latex!, true) : plain is null ? null : ReadPlain(plain);
    }

    private static MathAnswer? Boxed(string text, bool lenient)
    {
        const string Box = @"\boxed{";
        List<MathAnswer> boxes = [];
        for (int at = 0; (at = text.IndexOf(Box, at, StringComparison.Ordinal)) >= 0;)
        {
            int start = at + Box.Length;
            int end = start;
            for (int depth = 1; end < text.Length; end++)
            {
                depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
                if (depth == 0)
                {
                    break;
                }
            }

            if (end == text.Length)
            {
                break;
            }

            // An empty box is no answer.
            if (!string.IsNullOrWhiteSpace(text[start..end]))
            {
                boxes.Add(LatexParser.Parse(Inside(text[start..end]), lenient));
            }

            at = end;
        }

        List<MathAnswer> different = [];
        foreach (MathAnswer box in boxes.Where(box => !different.Any(box.Means)))
        {
            different.Add(box);
        }

        return different.Count switch
        {
            0 => null,
            1 => different[0],
            _ => new MathAnswer(MathKind.Set, "", null, different),
        };
    }

    // Dollars inside a box are layout.
    private static string Inside(string box) => box.Trim().Trim('$');

    private static MathAnswer? Last(Regex pattern, string text, bool lenient) =>
        Rightmost(pattern, text) is Match match ? Read(match, lenient) : null;

    private static Match? Rightmost(Regex pattern, string text) =>
        pattern.Matches(text).OrderByDescending(match => match.Index + match.Length).FirstOrDefault();

    private static MathAnswer Read(Match match, bool lenient)
    {
        MathAnswer answer = LatexParser.Parse(match.Groups["latex"].Value, lenient);
        return match.Groups["percent"].Success && answer.Term is MathNode term
            ? answer with { Text = "", Term = new CallNode("/", term, new NumberNode(100)) } : answer;
    }

    private static MathAnswer ReadPlain(Match match)
    {
        bool isNumber = match.Groups["number"].Success;
        string written = match.Groups[isNumber ? "number" : "expression"].Value;
        string plain = !isNumber ? written
            : GroupedPattern().IsMatch(written) ? written.Replace(",", "").Replace(" ", "") : written.Replace(',', '.');
        MathAnswer answer = LatexParser.Parse(plain, lenient: true);
        return match.Groups["percent"].Success && answer.Term is MathNode term
            ? answer with { Text = "", Term = new CallNode("/", term, new NumberNode(100)) } : answer;
    }

    [GeneratedRegex(
        @"(?i:answer).{0,100}?" + Environment, RegexOptions.CultureInvariant | RegexOptions.Singleline, 2000)]
    private static partial Regex AnchoredPattern();

    [GeneratedRegex(Environment, RegexOptions.CultureInvariant | RegexOptions.Singleline, 2000)]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(
        @"(?:^|\s|=)(?:\*\*)?(?:(?<expression>-?\(?-?[0-9][0-9.\s+\-*×/^()÷]*[+\-*×/^()÷][0-9.\s+\-*×/^()÷]+\)?)"
        + @"(?=\*\*|[.,:\s)$]|$)"
        + @"|[$€£¥]?(?<number>" + Number + @")(?<percent>\s*(?:%|[Pp]ercent(?:age)?|[Pp]ct))?)",
        RegexOptions.CultureInvariant,
        2000)]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"^-?[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+(?:\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupedPattern();
}
