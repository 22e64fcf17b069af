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
    // Commands that are no factor.
    private static readonly string[] s_signs =
        [@"\cup", @"\cap", @"\setminus", @"\in", @"\pm", @"\choose", @"\rfloor", @"\rceil"];

    private TermParser? _parent;

    /// <summary>Whether malformed input was accepted leniently; such an answer is not compared as written.</summary>
    public bool IsMended
    {
        get;
        private set
        {
            field = value;
            _parent?.IsMended = value;
        }
    }

    /// <summary>The opposite of a term.</summary>
    public static MathNode Negative(MathNode value) =>
        value is NumberNode number ? number.Negated() : new CallNode("*", NumberNode.Integer(-1), value);

    /// <summary>A parser like this one for a part of the same answer with tokens of its own.</summary>
    public TermParser At(LatexCursor other) => new(other, lenient, isComplex) { _parent = this };

    /// <summary>Reads a term up to the first token that can't continue it.</summary>
    /// <exception cref="FormatException">The tokens are not a term.</exception>
    public MathNode Sum()
    {
        MathNode sum = Product();
        while (cursor.Next is "+" or "-")
        {
            string sign = cursor.Read();
            sum = new CallNode(sign, sum, Product());
        }

        return sum;
    }

    private MathNode Product()
    {
        MathNode product = Signed();
        while (cursor.Next is "*" or "/")
        {
            string sign = cursor.Read();
            product = Quotient(sign, product, Signed());
        }

        return product;
    }

    private MathNode Signed() => cursor.Take("-") ? Negative(Signed()) : cursor.Take("+") ? Signed() : Factors();

    // A quotient of two numbers without a decimal point is one number.
    private static MathNode Quotient(string sign, MathNode first, MathNode second) =>
        sign == "/" && first is NumberNode { Written: Fraction ours } upper && second is NumberNode { Written: Fraction theirs } lower
            && ours.DividedBy(theirs) is Fraction quotient
            ? new NumberNode(upper.Value / lower.Value, quotient) : new CallNode(sign, first, second);

    // Factors without a sign between them. An integer before a positive number is a mixed number: 2\frac{1}{2} is 5/2.
    private MathNode Factors()
    {
        List<MathNode> factors = [Power()];
        while (StartsFactor(cursor.Next))
        {
            factors.Add(Power());
        }

        MathNode product = factors[^1];
        for (int i = factors.Count - 2; i >= 0; i--)
        {
            product = factors[i] is NumberNode { Written: { IsInteger: true } whole } first
                && product is NumberNode { Written: { IsPositive: true } part } second && whole.Plus(part) is Fraction sum
                ? new NumberNode(first.Value + second.Value, sum) : new CallNode("*", factors[i], product);
        }

        return product;
    }

    private static bool StartsFactor(string token) =>
        token.Length > 0 && (char.IsAsciiLetterOrDigit(token[0]) || token[0] == '.' || token is "(" or "[" or "{"
            || (token[0] == '\\' && token.Length > 1 && char.IsAsciiLetter(token[1]) && !s_signs.Contains(token)));

    private MathNode Power()
    {
        cursor.Deepen();
        MathNode power = PowerInside();
        cursor.Rise();
        return power;
    }

    private MathNode PowerInside()
    {
        MathNode value = Postfix(Atom());
        if (!cursor.Take("^"))
        {
            return value;
        }

        MathNode exponent = cursor.Take("{") ? Closed(Sum(), "}") : cursor.Take("-") ? Negative(Power()) : Power();
        return Postfix(new CallNode("^", value, exponent));
    }

    // Factorials, percent signs, and degree signs, which are ignored.
    private MathNode Postfix(MathNode value)
    {
        while (cursor.Next is "!" or "%" or "°")
        {
            value = cursor.Read() switch
            {
                "!" => new CallNode("!", value),
                "%" => new CallNode("/", value, NumberNode.Integer(100)),
                _ => value,
            };
        }

        return value;
    }
}
