using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedR1.Rewards;

/// <summary>A term of mathematics that can be evaluated for given symbols.</summary>
internal abstract record MathNode
{
    /// <summary>Its value; not finite if it has none.</summary>
    public abstract Complex Evaluate(Func<string, Complex> symbols);

    /// <summary>Collects the names of the symbols in it.</summary>
    public abstract void Collect(ISet<string> symbols);
}

/// <summary>A number.</summary>
internal sealed record NumberNode(double Value) : MathNode
{
    public override Complex Evaluate(Func<string, Complex> symbols) => Value;

    public override void Collect(ISet<string> symbols)
    {
    }
}

/// <summary>A named constant or variable.</summary>
internal sealed record SymbolNode(string Name) : MathNode
{
    // Letters that are written as the constants are, but stand for something else.
    private const string LetterE = "letter e";
    private const string LetterI = "letter i";
    private const string ComplexLetterI = "complex letter i";

    /// <summary>Whether it stands for a number.</summary>
    public bool IsConstant => Name is "pi" or "e" or "i";

    /// <summary>How the symbol is written; null for the imaginary unit, which is never a letter of a word.</summary>
    public string? Written => Name switch
    {
        "i" => null,
        LetterE or LetterI or ComplexLetterI => Name[^1..],
        _ => Name,
    };

    /// <summary>
    /// The symbol of a name, in which case does not count. As math-verify has them, only a small e in italics is Euler's number and
    /// only a capital I the imaginary unit; a small i is a symbol, which differs among complex numbers.
    /// </summary>
    public static SymbolNode Of(string name, bool isUpright, bool isComplex) => new(name switch
    {
        "e" when !isUpright => "e",
        "e" or "E" => LetterE,
        "I" when !isUpright => "i",
        "i" or "I" => isComplex ? ComplexLetterI : LetterI,
        _ => name.ToLowerInvariant(),
    });

    public override Complex Evaluate(Func<string, Complex> symbols) => Name switch
    {
        "pi" => Math.PI,
        "e" => Math.E,
        "i" => Complex.ImaginaryOne,
        _ => symbols(Name),
    };

    public override void Collect(ISet<string> symbols)
    {
        if (!IsConstant)
        {
            symbols.Add(Name);
        }
    }
}

/// <summary>A function of one or two terms.</summary>
internal sealed record CallNode(string Function, MathNode First, MathNode? Second = null) : MathNode
{
    // More to choose from than anyone writes; it bounds the work.
    private const double MostChoices = 1e6;

    public override Complex Evaluate(Func<string, Complex> symbols) =>
        Apply(First.Evaluate(symbols), Second?.Evaluate(symbols) ?? Complex.Zero);

    public override void Collect(ISet<string> symbols)
    {
        First.Collect(symbols);
        Second?.Collect(symbols);
    }

    // Apart from Evaluate, which then takes little of the stack: a sum of a thousand terms is a thousand calls deep.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Complex Apply(Complex first, Complex second) => Function switch
    {
        "+" => first + second,
        "-" => first - second,
        "*" => first * second,
        "/" => first / second,
        "^" => Power(first, second),
        "abs" => Complex.Abs(first),
        "sin" => Complex.Sin(first),
        "cos" => Complex.Cos(first),
        "tan" => Complex.Tan(first),
        "arcsin" => Complex.Asin(first),
        "arccos" => Complex.Acos(first),
        "arctan" => Complex.Atan(first),
        "exp" => Complex.Exp(first),
        "ln" => Complex.Log(first),
        "log" => Second is null ? Complex.Log10(first) : Complex.Log(first) / Complex.Log(second),
        "!" => Factorial(first),
        "choose" => Choose(first, second),
        "floor" => first.Imaginary == 0 ? Math.Floor(first.Real) : new Complex(double.NaN, 0),
        "ceil" => first.Imaginary == 0 ? Math.Ceiling(first.Real) : new Complex(double.NaN, 0),
        _ => new Complex(double.NaN, double.NaN),
    };

    // Whole powers by multiplication: through logarithms they lose digits and turn −1 into a nearby complex number.
    private static Complex Power(Complex value, Complex exponent)
    {
        if (exponent.Imaginary == 0 && exponent.Real == Math.Round(exponent.Real) && Math.Abs(exponent.Real) <= 64)
        {
            Complex product = Complex.One;
            for (int i = 0; i < Math.Abs(exponent.Real); i++)
            {
                product *= value;
            }

            return exponent.Real < 0 ? Complex.One / product : product;
        }

        return value == Complex.Zero ? (exponent.Real > 0 ? Complex.Zero : new Complex(double.NaN, 0))
            : value.Imaginary == 0 && value.Real > 0 && exponent.Imaginary == 0 ? Math.Pow(value.Real, exponent.Real)
            : Complex.Pow(value, exponent);
    }

    // Factor by factor: factorials leave the numbers above 170.
    private static Complex Choose(Complex from, Complex chosen)
    {
        if (from.Imaginary != 0 || chosen.Imaginary != 0 || !double.IsInteger(from.Real) || !double.IsInteger(chosen.Real)
            || chosen.Real < 0 || chosen.Real > from.Real || from.Real > MostChoices)
        {
            return Factorial(from) / (Factorial(chosen) * Factorial(from - chosen));
        }

        double count = Math.Min(chosen.Real, from.Real - chosen.Real), product = 1;
        for (double i = 0; i < count; i++)
        {
            product = product * (from.Real - i) / (i + 1);
        }

        return product;
    }

    private static Complex Factorial(Complex value)
    {
        if (value.Imaginary != 0 || value.Real is not (>= 0 and <= 170) || value.Real != Math.Round(value.Real))
        {
            return new Complex(double.NaN, 0);
        }

        double product = 1;
        for (int i = 2; i <= value.Real; i++)
        {
            product *= i;
        }

        return product;
    }
}
