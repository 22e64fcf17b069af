using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedR1.Rewards;

/// <summary>A mathematical term that can be evaluated for given values of its symbols.</summary>
internal abstract record MathNode
{
    /// <summary>The term's value; not finite if it has none.</summary>
    public abstract Complex Evaluate(Func<string, Complex> symbols);

    /// <summary>Adds the names of the term's symbols to a set.</summary>
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
    // Letters that look like the constants but are symbols.
    private const string LetterE = "letter e";
    private const string LetterI = "letter i";
    private const string ComplexLetterI = "complex letter i";

    /// <summary>Whether the symbol is a constant.</summary>
    public bool IsConstant => Name is "pi" or "e" or "i";

    /// <summary>How the symbol is written; null for the imaginary unit, which is never a letter of a word.</summary>
    public string? Written => Name switch
    {
        "i" => null,
        LetterE or LetterI or ComplexLetterI => Name[^1..],
        _ => Name,
    };

    /// <summary>
    /// The symbol with a name, regardless of case. As in math-verify, only a lower-case italic e is Euler's number and only an
    /// upper-case italic I is the imaginary unit; a lower-case i is a symbol, which is a different one in complex expressions.
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

/// <summary>A function or operator applied to one or two terms.</summary>
internal sealed record CallNode(string Function, MathNode First, MathNode? Second = null) : MathNode
{
    // An upper limit that bounds the work, above any realistic value.
    private const double MostChoices = 1e6;

    public override Complex Evaluate(Func<string, Complex> symbols) =>
        Apply(First.Evaluate(symbols), Second?.Evaluate(symbols) ?? Complex.Zero);

    public override void Collect(ISet<string> symbols)
    {
        First.Collect(symbols);
        Second?.Collect(symbols);
    }

    // Separate from Evaluate, whose stack frame stays small that way: a sum of a thousand terms is a thousand calls deep.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private Complex Apply(Complex first, Complex second)
    {
        Complex value = Compute(first, second);

        // A number that is too large is not infinity: 10^400 differs from 10^500.
        bool isOverflow = Complex.IsInfinity(value) && Complex.IsFinite(first) && Complex.IsFinite(second);
        return isOverflow ? new Complex(double.NaN, 0) : value;
    }

    private Complex Compute(Complex first, Complex second) => Function switch
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

    // Integer powers by multiplication: computing them through logarithms loses digits and gives powers of negative numbers an
    // imaginary part.
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

    // Computed factor by factor: factorials overflow above 170.
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
