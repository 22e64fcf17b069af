using System.Globalization;
using System.Text.RegularExpressions;

namespace MedR1.Rewards;

/// <summary>
/// Reads a term: sums, products (implicit ones too), powers, fractions, roots, functions, symbols with an index,
/// absolute values, factorials, percent.
/// </summary>
/// <param name="cursor">The position to read from.</param>
/// <param name="lenient">Whether <c>\frac12</c> is read as one half.</param>
/// <param name="isComplex">Whether the answer uses complex numbers.</param>
internal sealed partial class TermParser(LatexCursor cursor, bool lenient, bool isComplex)
{
    private static readonly string[] s_functions =
        ["sin", "cos", "tan", "arcsin", "arccos", "arctan", "exp", "ln", "log"];

    /// <summary>Whether malformed input was accepted leniently; such an answer is not compared as written.</summary>
    public bool IsMended { get; private set; }

    /// <summary>Reads a term up to the first token that can't continue it.</summary>
    /// <exception cref="FormatException">The tokens are not a term.</exception>
    public MathNode Sum()
    {
        bool isNegative = cursor.Take("-");
        if (!isNegative)
        {
            cursor.Take("+");
        }

        MathNode sum = isNegative ? Negative(Product()) : Product();
        while (cursor.Next is "+" or "-")
        {
            string sign = cursor.Read();
            sum = new CallNode(sign, sum, Product());
        }

        return sum;
    }

    private static MathNode Negative(MathNode value) => new CallNode("*", new NumberNode(-1), value);

    private MathNode Product()
    {
        MathNode product = Power();
        while (true)
        {
            if (cursor.Next is "*" or "/")
            {
                string sign = cursor.Read();
                MathNode factor = cursor.Take("-") ? Negative(Power()) : Power();
                product = new CallNode(sign, product, factor);
            }
            else if (StartsFactor(cursor.Next))
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
        token.Length > 0 && (char.IsAsciiLetterOrDigit(token[0]) || token is "(" or "{"
            || (token[0] == '\\' && token.Length > 1 && char.IsAsciiLetter(token[1])
                && token is not (@"\cup" or @"\choose" or @"\rfloor" or @"\rceil")));

    private MathNode Power()
    {
        cursor.Deepen();
        MathNode power = PowerInside();
        cursor.Rise();
        return power;
    }

    private MathNode PowerInside()
    {
        MathNode value = Atom();
        while (cursor.Next is "!" or "%")
        {
            value = cursor.Read() == "!" ? new CallNode("!", value) : new CallNode("/", value, new NumberNode(100));
        }

        if (!cursor.Take("^"))
        {
            return value;
        }

        MathNode exponent = cursor.Take("{") ? Closed(Sum(), "}")
            : cursor.Take("-") ? Negative(Power()) : Power();
        return new CallNode("^", value, exponent);
    }

    private MathNode Atom()
    {
        string token = cursor.Read();
        if (char.IsAsciiDigit(token[0]) || token[0] == '.')
        {
            // Too many digits for the type are no value, since infinity would equal every other such number.
            double value = double.Parse(token.Replace(",", ""), NumberStyles.Float, CultureInfo.InvariantCulture);
            NumberNode number = new(double.IsFinite(value) ? value : double.NaN);

            // A whole number before a fraction of whole numbers is a mixed number: 2\frac{1}{2} is 5/2.
            bool isMixed = !token.Contains('.') && cursor.Next == @"\frac" && cursor.Peek(1) == "{"
                && cursor.Peek(2).All(char.IsAsciiDigit) && cursor.Peek(3) == "}" && cursor.Peek(4) == "{"
                && cursor.Peek(5).All(char.IsAsciiDigit) && cursor.Peek(6) == "}";
            return isMixed ? new CallNode("+", number, Atom()) : number;
        }

        return token switch
        {
            "(" => Closed(Sum(), ")"),
            "{" => Braced(),
            @"\binom" => new CallNode("choose", Argument(), Argument()),
            @"\lfloor" => new CallNode("floor", Closed(Sum(), @"\rfloor")),
            @"\lceil" => new CallNode("ceil", Closed(Sum(), @"\rceil")),
            "|" => new CallNode("abs", Closed(Sum(), "|")),
            @"\frac" => new CallNode("/", Argument(), Argument()),
            @"\sqrt" => Root(),
            @"\pi" => new SymbolNode("pi"),
            @"\infty" => new NumberNode(double.PositiveInfinity),
            _ when char.IsAsciiLetter(token[0]) => Symbol(token),
            _ when token[^1] == '}' && token.Length > 2 => Word(token),
            _ when token.Length > 2 && s_functions.Contains(token[1..]) => Function(token[1..]),
            _ when GreekPattern().IsMatch(token) => Symbol(token),
            _ => throw new FormatException($"Unknown token '{token}'."),
        };
    }

    private MathNode Braced()
    {
        MathNode inside = Sum();
        return Closed(cursor.Take(@"\choose") ? new CallNode("choose", inside, Sum()) : inside, "}");
    }

    // Several words in upright letters are one symbol.
    private static MathNode Word(string token)
    {
        string name = string.Concat(token[(token.IndexOf('{') + 1)..^1].Where(char.IsLetterOrDigit));
        return name.Length == 0
            ? throw new FormatException($"'{token}' is not a word.")
            : SymbolNode.Of(name, isUpright: true, isComplex: false);
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
        MathNode degree = cursor.Take("[") ? Closed(Sum(), "]") : new NumberNode(2);
        return new CallNode("^", Argument(), new CallNode("/", new NumberNode(1), degree));
    }

    private MathNode Function(string name)
    {
        MathNode? logarithmTo = name == "log" && cursor.Take("_") ? Script() : null;
        MathNode? power = cursor.Take("^") ? Script() : null;
        MathNode value = new CallNode(name, Power(), logarithmTo);
        return power is null ? value : new CallNode("^", value, power);
    }

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
        + "|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Sigma|Phi|Psi|Omega)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex GreekPattern();
}
