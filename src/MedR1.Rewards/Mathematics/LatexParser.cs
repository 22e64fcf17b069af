using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Reads an answer in LaTeX or plain arithmetic: terms, tuples, sets, intervals, equations, percentages. What it doesn't
/// know is text.
/// </summary>
internal sealed partial class LatexParser
{
    // Both keep hostile text from exhausting the stack, here and where terms are evaluated.
    private const int DeepestNesting = 100;
    private const int MostTokens = 2000;
    private static readonly string[] s_functions =
        ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "ln", "log"];

    private readonly List<string> _tokens;
    private readonly bool _lenient;
    private int _at;
    private int _depth;

    private LatexParser(List<string> tokens, bool lenient)
    {
        _tokens = tokens;
        _lenient = lenient;
    }

    private string Next => _at < _tokens.Count ? _tokens[_at] : "";

    /// <summary>Reads an answer.</summary>
    /// <param name="latex">The answer, without the dollars around it.</param>
    /// <param name="lenient">Whether <c>\frac12</c> is one half; strictly it is malformed, and so text.</param>
    public static MathAnswer Parse(string latex, bool lenient)
    {
        string text = WhiteSpacePattern().Replace(latex, "");
        MathAnswer asText = new(MathKind.Text, text, null, []);
        if (LatexTokens.Of(latex) is not { Count: > 0 and <= MostTokens } tokens)
        {
            return asText;
        }

        LatexParser parser = new(tokens, lenient);
        try
        {
            MathAnswer answer = parser.Answer();
            return parser._at == tokens.Count ? answer with { Text = text } : asText;
        }
        catch (FormatException)
        {
            return asText;
        }
    }

    private MathAnswer Answer()
    {
        List<MathAnswer> parts = [Part()];
        while (Take(",") || Take(";"))
        {
            parts.Add(Part());
        }

        return parts.Count == 1 ? parts[0] : new MathAnswer(MathKind.Set, "", null, parts);
    }

    private MathAnswer Part()
    {
        MathAnswer left = Grouped() ?? new MathAnswer(MathKind.Term, "", Sum(), []);
        if (!Take("="))
        {
            return left;
        }

        MathAnswer right = Grouped() ?? new MathAnswer(MathKind.Term, "", Sum(), []);

        // Of a chain a = b = c the last counts.
        return Take("=") ? Part() : new MathAnswer(MathKind.Equation, "", null, [left, right]);
    }

    /// <summary>A tuple, set or interval that ends where the part ends; else nothing is taken.</summary>
    private MathAnswer? Grouped()
    {
        (int start, int depth) = (_at, _depth);
        string open = Next;
        if (open is not ("(" or "[" or @"\{"))
        {
            return null;
        }

        Deepen();
        _at++;
        List<MathAnswer> parts = [];
        try
        {
            do
            {
                parts.Add(Grouped() ?? new MathAnswer(MathKind.Term, "", Sum(), []));
            }
            while (Take(",") || Take(";"));
        }
        catch (FormatException)
        {
            (_at, _depth) = (start, depth);
            return null;
        }

        string close = Next;
        bool ends = _at + 1 >= _tokens.Count || _tokens[_at + 1] is "," or ";" or "=" or ")" or "]" or @"\}";
        bool isSet = open == @"\{" && close == @"\}";
        bool isRound = open == "(" && close == ")";
        bool isInterval = !isSet && !isRound && open is "(" or "[" && close is ")" or "]" && parts.Count == 2;
        if (!ends || !(isSet || isInterval || (isRound && parts.Count > 1)))
        {
            (_at, _depth) = (start, depth);
            return null;
        }

        _at++;
        _depth--;
        return new MathAnswer(
            isSet ? MathKind.Set : isInterval ? MathKind.Interval : MathKind.Tuple,
            "",
            null,
            isInterval ? [.. parts, new MathAnswer(MathKind.Text, open + close, null, [])] : parts);
    }

    private MathNode Sum()
    {
        MathNode sum = Take("-") ? new CallNode("*", new NumberNode(-1), Product()) : TakePlus().Product();
        while (Next is "+" or "-")
        {
            string sign = _tokens[_at++];
            sum = new CallNode(sign, sum, Product());
        }

        return sum;
    }

    private LatexParser TakePlus()
    {
        Take("+");
        return this;
    }

    private MathNode Product()
    {
        MathNode product = Power();
        while (true)
        {
            if (Next is "*" or "/")
            {
                string sign = _tokens[_at++];
                MathNode factor = Take("-") ? new CallNode("*", new NumberNode(-1), Power()) : Power();
                product = new CallNode(sign, product, factor);
            }
            else if (StartsFactor(Next))
            {
                product = new CallNode("*", product, Power());
            }
            else
            {
                return product;
            }
        }
    }

    private static bool StartsFactor(string token) =>
        token.Length > 0 && (char.IsAsciiLetter(token[0]) || token is "(" or "{"
            || (token[0] == '\\' && token.Length > 1 && char.IsAsciiLetter(token[1]) && token != @"\cup"));

    private void Deepen()
    {
        if (++_depth > DeepestNesting)
        {
            throw new FormatException("Nested too deep.");
        }
    }

    private MathNode Power()
    {
        Deepen();
        MathNode power = PowerInside();
        _depth--;
        return power;
    }

    private MathNode PowerInside()
    {
        MathNode value = Atom();
        while (Next is "!" or "%")
        {
            value = _tokens[_at++] == "!" ? new CallNode("!", value) : new CallNode("/", value, new NumberNode(100));
        }

        if (!Take("^"))
        {
            return value;
        }

        MathNode exponent = Take("{") ? Closed(Sum(), "}")
            : Take("-") ? new CallNode("*", new NumberNode(-1), Power()) : Power();
        return new CallNode("^", value, exponent);
    }

    private MathNode Atom()
    {
        string token = Next;
        if (token.Length == 0)
        {
            throw new FormatException("It ends too soon.");
        }

        _at++;
        if (char.IsAsciiDigit(token[0]) || token[0] == '.')
        {
            return new NumberNode(
                double.Parse(token.Replace(",", ""), NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        return token switch
        {
            "(" => Closed(Sum(), ")"),
            "{" => Closed(Sum(), "}"),
            "|" => new CallNode("abs", Closed(Sum(), "|")),
            @"\frac" => new CallNode("/", Argument(), Argument()),
            @"\sqrt" => Root(),
            @"\pi" => new SymbolNode("pi"),
            @"\infty" => new NumberNode(double.PositiveInfinity),
            _ when char.IsAsciiLetter(token[0]) => Symbol(token),
            _ when token.Length > 2 && s_functions.Contains(token[1..]) => Function(token[1..]),
            _ when GreekPattern().IsMatch(token) => Symbol(token),
            _ => throw new FormatException($"'{token}' is not known."),
        };
    }

    private MathNode Symbol(string name)
    {
        if (!Take("_"))
        {
            return new SymbolNode(name);
        }

        List<string> index = [];
        if (!Take("{"))
        {
            return new SymbolNode($"{name}_{_tokens[Math.Min(_at++, _tokens.Count - 1)]}");
        }

        while (!Take("}"))
        {
            index.Add(Next.Length > 0 ? _tokens[_at++] : throw new FormatException("An index is not closed."));
        }

        return new SymbolNode($"{name}_{string.Concat(index)}");
    }

    private MathNode Root()
    {
        MathNode degree = Take("[") ? Closed(Sum(), "]") : new NumberNode(2);
        return new CallNode("^", Argument(), new CallNode("/", new NumberNode(1), degree));
    }

    private MathNode Function(string name)
    {
        MathNode? logarithmTo = name == "log" && Take("_") ? (Take("{") ? Closed(Sum(), "}") : Atom()) : null;
        MathNode? power = Take("^") ? (Take("{") ? Closed(Sum(), "}") : Atom()) : null;
        MathNode value = new CallNode(name, Power(), logarithmTo);
        return power is null ? value : new CallNode("^", value, power);
    }

    private MathNode Argument()
    {
        if (Take("{"))
        {
            return Closed(Sum(), "}");
        }

        // \frac12: each digit is an argument of its own.
        if (_lenient && Next.Length > 0 && char.IsAsciiLetterOrDigit(Next[0]))
        {
            string token = _tokens[_at];
            if (token.Length == 2 && token.All(char.IsAsciiDigit))
            {
                _tokens[_at] = token[1..];
                return new NumberNode(token[0] - '0');
            }

            return Atom();
        }

        throw new FormatException("An argument has no braces.");
    }

    private MathNode Closed(MathNode inside, string close) =>
        Take(close) ? inside : throw new FormatException($"'{close}' is missing.");

    private bool Take(string token)
    {
        if (Next != token)
        {
            return false;
        }

        _at++;
        return true;
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex WhiteSpacePattern();

    [GeneratedRegex(
        @"^\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex GreekPattern();
}
