using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>What terms are made of: numbers, symbols, words, fractions, roots, functions and brackets.</summary>
internal sealed partial class TermParser
{
    // More digits take long to convert, and no answer has them.
    private const int MostDigits = 2400;

    private static readonly string[] s_functions =
    [
        "sin", "cos", "tan", "sec", "csc", "cot", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "ln", "log",
    ];

    private static readonly string[] s_functionsOfSeveral = ["gcd", "lcm", "max", "min"];

    /// <summary>A number without separators of thousands.</summary>
    public static NumberNode Number(string digits)
    {
        // Too many digits for the type are no value, since infinity would equal every other such number.
        double value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        bool isInteger = digits.Length <= MostDigits && digits.All(letter => char.IsAsciiDigit(letter) || letter == '-');
        return new NumberNode(
            double.IsFinite(value) ? value : double.NaN,
            isInteger ? Fraction.Of(BigInteger.Parse(digits, CultureInfo.InvariantCulture)) : null);
    }

    private MathNode Atom()
    {
        string token = cursor.Read();
        if (char.IsAsciiDigit(token[0]) || token[0] == '.')
        {
            NumberNode number = Number(token);
            if (cursor.Take("_"))
            {
                Base();
            }

            return number;
        }

        return token switch
        {
            "(" => Closed(Sum(), ")"),
            "[" => Closed(Sum(), "]"),
            @"\{" => Closed(Sum(), @"\}"),
            "{" => Braced(),
            @"\binom" => new CallNode("choose", Argument(), Argument()),
            @"\lfloor" => new CallNode("floor", Closed(Sum(), @"\rfloor")),
            @"\lceil" => new CallNode("ceil", Closed(Sum(), @"\rceil")),
            "|" => new CallNode("abs", Closed(Sum(), "|")),
            @"\frac" => Quotient("/", Argument(), Argument()),
            @"\sqrt" => Root(),
            @"\pi" => new SymbolNode("pi"),
            @"\infty" => new NumberNode(double.PositiveInfinity),
            _ when char.IsAsciiLetter(token[0]) => Symbol(token),
            _ when token.StartsWith(@"\begin", StringComparison.Ordinal) => throw new FormatException("A matrix is no term."),
            _ when token[^1] == '}' && token.Length > 2 => Word(token),
            _ when s_functions.Contains(token[1..]) => Function(token[1..]),
            _ when s_functionsOfSeveral.Contains(token[1..]) => FunctionOfSeveral(token[1..]),
            _ when SymbolPattern().IsMatch(token) => Symbol(token),
            _ => throw new FormatException($"Unknown token '{token}'."),
        };
    }

    private MathNode Braced()
    {
        MathNode inside = Sum();
        return Closed(cursor.Take(@"\choose") ? new CallNode("choose", inside, Sum()) : inside, "}");
    }

    // Several words in upright letters are one symbol, and so is what is under an accent.
    private static MathNode Word(string token)
    {
        int brace = token.IndexOf('{');
        string name = string.Concat(token[(brace + 1)..token.IndexOf('}')].Where(char.IsLetterOrDigit));
        string command = token[1..brace].Trim();
        return name.Length == 0 ? throw new FormatException($"'{token}' is not a word.")
            : command is "text" or "mbox" ? SymbolNode.Of(name, isUpright: true, isComplex: false)
            : new SymbolNode($"{(command == "overline" ? "bar" : command)}{{{name.ToLowerInvariant()}}}");
    }

    private MathNode Symbol(string name)
    {
        if (!cursor.Take("_"))
        {
            return SymbolNode.Of(name, isUpright: false, isComplex);
        }

        List<string> index = [];
        name = name.Length == 1 ? name.ToLowerInvariant() : name;
        if (!cursor.Take("{"))
        {
            return new SymbolNode($"{name}_{cursor.Read().ToLowerInvariant()}");
        }

        while (!cursor.Take("}"))
        {
            index.Add(cursor.Read());
        }

        return new SymbolNode($"{name}_{string.Concat(index).ToLowerInvariant()}");
    }

    private MathNode Root()
    {
        MathNode degree = cursor.Take("[") ? Closed(Sum(), "]") : NumberNode.Integer(2);
        return new CallNode("^", Argument(), Quotient("/", NumberNode.Integer(1), degree));
    }

    private MathNode Function(string name)
    {
        MathNode? logarithmTo = name == "log" && cursor.Take("_") ? Script() : null;
        MathNode? power = cursor.Take("^") ? Script() : null;
        MathNode value = new CallNode(name, Power(), logarithmTo);
        return power is null ? value : new CallNode("^", value, power);
    }

    private MathNode FunctionOfSeveral(string name)
    {
        if (!cursor.Take("("))
        {
            throw new FormatException($"'{name}' has no brackets.");
        }

        MathNode value = Sum();
        while (cursor.Take(","))
        {
            value = new CallNode(name, value, Sum());
        }

        return Closed(value, ")");
    }

    // The base of a number such as 101_2, which math-verify ignores.
    private void Base() => _ = cursor.Take("{") ? Closed(Sum(), "}") : Atom();

    // math-verify does not read \log_e without braces.
    private MathNode Script() => cursor.Take("{") ? Closed(Sum(), "}")
        : cursor.Next is "e" or "E" ? throw new FormatException("An index has no braces.") : Atom();

    private MathNode Argument()
    {
        if (cursor.Take("{"))
        {
            return Closed(Sum(), "}");
        }

        // \frac12, whose digits are separate tokens.
        if (lenient && cursor.Next.Length > 0 && char.IsAsciiLetterOrDigit(cursor.Next[0]))
        {
            IsMended = true;
            return Atom();
        }

        throw new FormatException("An argument has no braces.");
    }

    private MathNode Closed(MathNode inside, string close) =>
        cursor.Take(close) ? inside : throw new FormatException($"'{close}' is missing.");

    [GeneratedRegex(
        @"^\\(?:alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|iota|kappa|lambda|mu|nu|xi|rho|sigma|tau|phi"
        + "|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega|angle|triangle|varnothing|ell|hbar|prime|square"
        + "|nabla|partial)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex SymbolPattern();
}
