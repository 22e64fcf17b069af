using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>Splits LaTeX into tokens, skipping layout.</summary>
internal static partial class LatexTokens
{
    // Commands that make one symbol of what they are written over.
    private const string Accents = "vec|overline|overrightarrow|bar|hat|tilde|widetilde|dot|mathcal|mathbb|boldsymbol|bm";

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
        @"\approx" or "~=" => "≈",
        @"\lt" => "<",
        @"\gt" => ">",
        @"\le" or @"\leq" or @"\leqslant" or "≤" => "<=",
        @"\ge" or @"\geq" or @"\geqslant" or "≥" => ">=",
        @"\ne" or @"\neq" or "≠" => "!=",
        "∪" => @"\cup",
        "∩" => @"\cap",
        "∅" => @"\emptyset",
        "ℝ" => @"\mathbb{R}",
        @"\%" => "%",
        @"\lbrace" => @"\{",
        @"\rbrace" => @"\}",
        @"\lvert" or @"\rvert" or @"\vert" => "|",
        _ when token[0] == '^' && token.Length > 1 => "°",
        "−" => "-",
        "**" => "^",
        _ => token,
    };

    [GeneratedRegex(
        @"\\begin\{(?:[pbv]?matrix|array\}\{[clr]*)\}.*?\\end\{(?:[pbv]?matrix|array)\}|\\mathbb\{[A-Z]\}|\\q?quad"
        + @"|\\(?:text|mbox|" + Accents + @")\s*\{[^{}]*\}(?:\s*\^\s*(?:\{[^{}]*\}|[0-9]))?"
        + @"|\^\s*(?:\\circ|\{\s*\\circ\s*\})|\\[A-Za-z]+|\\[^A-Za-z]"
        + @"|(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:E[-+]?[0-9]+)?|\*\*|<=|>=|!=|~=|[A-Za-z]|\s+"
        + @"|[-+*/^_(){}\[\]|=,;!%×·÷−:<>≤≥≠≈∪∩∅ℝ]",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex TokenPattern();

    // White space and sizes of brackets.
    [GeneratedRegex(
        @"^(?:\s+|\\[,;:! ]|\\(?:big|Big|quad|qquad|limits))$",
        RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex SkippedPattern();
}
