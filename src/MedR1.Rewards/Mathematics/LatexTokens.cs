using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Splits LaTeX into tokens, skipping layout and degree signs.</summary>
internal static partial class LatexTokens
{
    /// <summary>The tokens; null if any character is unknown.</summary>
    public static List<string>? Of(string latex)
    {
        List<string> tokens = [];
        int at = 0;
        foreach (Match match in TokenPattern().Matches(latex))
        {
            if (match.Index != at)
            {
                return null;
            }

            at += match.Length;
            string token = match.Value;
            if (tokens is [.., @"\frac"] && token.Length > 1 && token.All(char.IsAsciiDigit))
            {
                // Without braces, each digit is a separate argument.
                tokens.AddRange([token[..1], token[1..2]]);
                tokens.AddRange(token.Length > 2 ? [token[2..]] : []);
            }
            else if (ListPattern().IsMatch(token))
            {
                tokens.Add(",");
            }
            else if (!SkippedPattern().IsMatch(token))
            {
                tokens.Add(Rename(token));
            }
        }

        return at == latex.Length ? tokens : null;
    }

    private static string Rename(string token) => token switch
    {
        @"\dfrac" or @"\tfrac" or @"\cfrac" => @"\frac",
        @"\cdot" or @"\times" or @"\ast" or "×" or "·" => "*",
        @"\div" or "÷" or ":" => "/",
        @"\in" => "=",
        @"\lt" => "<",
        @"\gt" => ">",
        @"\le" or @"\leq" or @"\leqslant" or "≤" => "<=",
        @"\ge" or @"\geq" or @"\geqslant" or "≥" => ">=",
        @"\%" => "%",
        @"\lbrace" => @"\{",
        @"\rbrace" => @"\}",
        @"\lvert" or @"\rvert" or @"\vert" => "|",
        "−" => "-",
        "**" => "^",
        _ => token,
    };

    [GeneratedRegex(
        @"\\(?:text|mathrm|textbf|mbox)\s*\{[^{}]*\}(?:\s*\^\s*(?:\{[^{}]*\}|[0-9]))?"
        + @"|\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\[A-Za-z]+|\\[^A-Za-z]"
        + @"|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+|\*\*|[A-Za-z]|\s+"
        + @"|[-+*/^_(){}\[\]|=,;!%×·÷−:<>≤≥]",
        RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();

    [GeneratedRegex(@"^\\(?:text|mathrm|textbf|mbox)\s*\{\s*(?:and|or)\s*\}$", RegexOptions.CultureInvariant)]
    private static partial Regex ListPattern();

    // White space, sizes of brackets, and degrees.
    [GeneratedRegex(
        @"^(?:\s+|\\[,;:! ]|\\(?:left|right|big|Big|displaystyle|quad|qquad|limits)"
        + @"|\^\s*\{?\s*\\circ\s*\}?)$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex SkippedPattern();
}
