using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Finds the answer in a text as math-verify does. A completion's answer is in a box, else in LaTeX after the word "answer"; a gold
/// answer may also be any LaTeX, a plain number or arithmetic. Patterns are tried in steps; within a step, the match that ends last
/// counts.
/// </summary>
internal static partial class MathExtraction
{
    private const string Percent = @"\s*(?<percent>\\?%|[Pp]ercent(?:age)?|[Pp]ct)?";
    private const string Display = @"(?:[^$]|\$(?!\$))";
    private const string Bracket = @"(?:[^\\]|\\(?!\]))";
    private const string Dollar = @"(?:\\\$|[^\n$])";
    private const string Round = @"(?:[^\\\n]|\\(?!\)))";

    private const string Environment =
        @"(?:(?<!\\)\$\$(?<latex>" + Display + @"+?)(?<!\\)\$\$|(?<!\\)\\\[(?<latex>" + Bracket + @"+?)(?<!\\)\\\]"
        + @"|(?<![\\0-9])\$(?<latex>" + Dollar + @"+?)(?<!\\)\$|(?<!\\)\\\((?<latex>" + Round + @"+?)(?<!\\)\\\)"
        + @"|\s\[(?<latex>[^\n\]\[]+?)\]\s"
        + @"|(?<latex>-?\\frac\{-?[0-9]+(?:[.,][0-9]+)?\}\{-?[0-9]+(?:[.,][0-9]+)?\}))" + Percent;

    private const string BoxedEnvironment =
        @"(?:(?<!\\)\$\$(?<latex>" + Display + @"*?\\boxed\{" + Display + @"+?\}" + Display + @"*?)(?<!\\)\$\$"
        + @"|(?<!\\)\\\[(?<latex>" + Bracket + @"*?\\boxed\{" + Bracket + @"+?\}" + Bracket + @"*?)(?<!\\)\\\]"
        + @"|(?<![\\0-9])\$(?<latex>" + Dollar + @"*?\\boxed\{" + Dollar + @"+?\}" + Dollar + @"*?)(?<!\\)\$"
        + @"|(?<!\\)\\\((?<latex>" + Round + @"*?\\boxed\{" + Round + @"+?\}" + Round + @"*?)(?<!\\)\\\))" + Percent;

    private const string Link = @"\s*(?:,?and|,?or|,)\s*";
    private const string Environments = Environment + "(?:" + Link + Environment + "){0,5}";

    private const string Number =
        @"(?<![0-9])(?:-?[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+(?:\.[0-9]+)?|-?[0-9]+[.,][0-9]+|\.[0-9]+|-?[0-9]+)";

    private const string Plain =
        @"(?:(?:^|\s|=)(?:\*\*)?(?:(?<expression>-?\(?-?[0-9][0-9.\s+\-*×/^()÷]*[+\-*×/^()÷][0-9.\s+\-*×/^()÷]+\)?)"
        + @"(?:\*\*)?(?:[.,:\s)$]|$)|[$€£¥₹]?(?<number>" + Number + @")(?<percent>\s*(?:%|[Pp]ercent(?:age)?|[Pp]ct))?))";

    private const RegexOptions Whole = RegexOptions.CultureInvariant | RegexOptions.Singleline;

    private const int Timeout = 2000;

    /// <summary>The answer of a completion; null if it contains none, or a search times out.</summary>
    public static MathAnswer? Answer(string text)
    {
        IEnumerable<Found>[] steps =
        [
            Boxes(text).Concat(Latex(HopePattern(), text)),
            Latex(FinalPattern(), text),
            Latex(ColonPattern(), text),
            Latex(AnswerPattern(), text),
        ];
        try
        {
            return steps.Select(InOrder).FirstOrDefault(step => step.Count > 0)?[0].Read(false);
        }
        catch (RegexMatchTimeoutException)
        {
            return null; // Like math-verify, which also stops searching.
        }
    }

    /// <summary>The gold answer; null if it can't be read, or a search times out.</summary>
    public static MathAnswer? Gold(string text)
    {
        IEnumerable<Found>[] steps =
        [
            Latex(HopePattern(), text),
            Boxes(text).Concat(Latex(FinalPattern(), text)),
            Latex(ColonPattern(), text).Concat(PlainOnes(PlainColonPattern(), text)),
            Latex(AnswerPattern(), text).Concat(PlainOnes(PlainAnswerPattern(), text)),
            Latex(EnvironmentPattern(), text).Concat(PlainOnes(PlainPattern(), text)),
        ];
        MathAnswer? first = null;
        try
        {
            foreach (Found found in steps.SelectMany(InOrder))
            {
                MathAnswer answer = found.Read(true);
                if (answer.Kind != MathKind.Text)
                {
                    // The text of the first match also counts as written, even if it can't be parsed.
                    return answer with { Text = first?.Text ?? answer.Text };
                }

                first ??= answer;
            }

            return first;
        }
        catch (RegexMatchTimeoutException)
        {
            return null;
        }
    }

    private static List<Found> InOrder(IEnumerable<Found> step) =>
        [.. step.OrderByDescending(found => found.End).ThenBy(found => found.Start)];

    private static IEnumerable<Found> Boxes(string text)
    {
        foreach (Match match in BoxedPattern().Matches(text))
        {
            yield return new Found(match.Index, match.Index + match.Length, lenient => ReadLatex(match, lenient));
        }

        // From the first box to the last brace, including the text between boxes.
        const string Box = @"\boxed{";
        int start = text.IndexOf(Box, StringComparison.Ordinal);
        int end = text.LastIndexOf('}');
        if (start >= 0 && end > start + Box.Length)
        {
            string boxes = text[start..(end + 1)];
            yield return new Found(
                start, end + 1, lenient => LatexParser.Parse(BoxedContent.Of(boxes, lastOnly: true), lenient));
        }
    }

    private static IEnumerable<Found> Latex(Regex pattern, string text) => pattern.Matches(text).Select(
        match => new Found(match.Index, match.Index + match.Length, lenient => ReadLatex(match, lenient)));

    private static IEnumerable<Found> PlainOnes(Regex pattern, string text) => pattern.Matches(text).Select(
        match => new Found(match.Index, match.Index + match.Length, _ => ReadPlain(match)));

    // Several pieces of LaTeX separated by "and", "or" or a comma form a set, if all of them can be parsed.
    private static MathAnswer ReadLatex(Match match, bool lenient)
    {
        CaptureCollection pieces = match.Groups["latex"].Captures;
        List<MathAnswer> answers = [];
        for (int i = 0; i < pieces.Count; i++)
        {
            int end = pieces[i].Index + pieces[i].Length;
            int next = i + 1 < pieces.Count ? pieces[i + 1].Index : int.MaxValue;
            bool isPercent = match.Groups["percent"].Captures.Any(sign => sign.Index >= end && sign.Index < next);
            MathAnswer answer = LatexParser.Parse(BoxedContent.Of(pieces[i].Value, lastOnly: false), lenient);
            answers.Add(isPercent ? AsPercent(answer) : answer);
        }

        return answers.Count == 1 || answers.Any(answer => answer.Kind == MathKind.Text)
            ? answers[0]
            : new MathAnswer(
                MathKind.Set, "", null,
                [.. answers.SelectMany(answer => answer.Kind == MathKind.Set ? answer.Parts : [answer])]);
    }

    private static MathAnswer ReadPlain(Match match)
    {
        bool isNumber = match.Groups["number"].Success;
        string written = match.Groups[isNumber ? "number" : "expression"].Value;
        string plain = !isNumber ? written
            : GroupedPattern().IsMatch(written) ? written.Replace(",", "").Replace(" ", "") : written.Replace(',', '.');
        MathAnswer answer = LatexParser.Parse(plain, lenient: true);
        return match.Groups["percent"].Success ? AsPercent(answer) : answer;
    }

    // A percent sign outside of the LaTeX is not part of what is compared as written. Only a term has a hundredth.
    private static MathAnswer AsPercent(MathAnswer answer) => answer.Term is MathNode term
        ? answer with { Term = new CallNode("/", term, NumberNode.Integer(100)) }
        : new MathAnswer(MathKind.Text, answer.Text, null, []);

    [GeneratedRegex(@"(?i:final answer is):?\s*" + Environments + @"\.?\s?I hope", Whole, Timeout)]
    private static partial Regex HopePattern();

    [GeneratedRegex(@"(?i:final answer.{0,100}?)\s+is:?\s*" + Environments, Whole, Timeout)]
    private static partial Regex FinalPattern();

    [GeneratedRegex(@"(?i:answer):.{0,50}?" + Environments, Whole, Timeout)]
    private static partial Regex ColonPattern();

    [GeneratedRegex(@"(?i:answer).{0,50}?" + Environments, Whole, Timeout)]
    private static partial Regex AnswerPattern();

    [GeneratedRegex(Environments, Whole, Timeout)]
    private static partial Regex EnvironmentPattern();

    [GeneratedRegex(BoxedEnvironment + @"(?:\s*" + Link + BoxedEnvironment + "){0,5}", Whole, Timeout)]
    private static partial Regex BoxedPattern();

    [GeneratedRegex(
        @"(?i:answer):(?:.{0,100}=\s*|.{0,50}?)" + Plain + @"(?!\s*=)", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex PlainColonPattern();

    [GeneratedRegex(
        @"(?i:answer)(?:.{0,100}=\s*|.{0,50}?)" + Plain + @"(?!\s*=)", RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex PlainAnswerPattern();

    [GeneratedRegex(Plain, RegexOptions.CultureInvariant, Timeout)]
    private static partial Regex PlainPattern();

    [GeneratedRegex(@"^-?[1-9][0-9]{0,2}(?:[ ,][0-9]{3})+(?:\.[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex GroupedPattern();

    /// <summary>A match that may contain the answer, with a function that parses it, given whether to be lenient.</summary>
    private sealed record Found(int Start, int End, Func<bool, MathAnswer> Read);
}
