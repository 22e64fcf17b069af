using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Cuts LaTeX into tokens, layout and units left out.</summary>
internal static partial class LatexTokens
{
    /// <summary>The tokens; null where there is something unknown.</summary>
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
            if (!SkippedPattern().IsMatch(token))
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
        @"\div" or "÷" => "/",
        @"\%" => "%",
        @"\lbrace" => @"\{",
        @"\rbrace" => @"\}",
        @"\lvert" or @"\rvert" or @"\vert" => "|",
        "−" => "-",
        "**" => "^",
        _ => token,
    };

    [GeneratedRegex(
        @"\\(?:text|mathrm|textbf|mbox)\s*\{[^{}]*\}|\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\[A-Za-z]+|\\[^A-Za-z]"
        + @"|[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|\.[0-9]+|\*\*|[A-Za-z]|\s+"
        + @"|[-+*/^_(){}\[\]|=,;!%×·÷−]",
        RegexOptions.CultureInvariant)]
    private static partial Regex TokenPattern();

    // White space, sizes of brackets, degrees, and units: words in \text behind a number.
    [GeneratedRegex(
        @"^(?:\s+|\\[,;:! ]|\\(?:left|right|big|Big|displaystyle|quad|qquad|limits)|\^\s*\{?\s*\\circ\s*\}?|\\(?:text|mathrm|textbf|mbox).*)$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex SkippedPattern();
}
