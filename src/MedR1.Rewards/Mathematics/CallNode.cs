using System.Numerics;
using System.Runtime.CompilerServices;

namespace MedR1.Rewards;

/// <summary>A function or operator applied to one or two terms.</summary>
internal sealed record CallNode(string Function, MathNode First, MathNode? Second = null) : MathNode
{
    // An upper limit that bounds the work, above any realistic value.
    private const double MostChoices = 1e6;

    public override Complex Evaluate(Func<string, Complex> symbols) =>
        Apply(First.Evaluate(symbols), Second?.Evaluate(symbols) ?? Complex.Zero);

    public override Fraction? Exact() => First.Exact() is not Fraction first ? null
        : Second is null ? ExactOf(first)
        : Second.Exact() is Fraction second ? ExactOf(first, second) : null;

    public override void Collect(ISet<string> symbols)
    {
        First.Collect(symbols);
        Second?.Collect(symbols);
    }

    private Fraction? ExactOf(Fraction value) => Function switch
    {
        "!" => value.Factorial(),
        "abs" => value.IsPositive ? value : value.Negated(),
        _ => null,
    };

    private Fraction? ExactOf(Fraction first, Fraction second) => Function switch
    {
        "+" => first.Plus(second),
        "-" => first.Plus(second.Negated()),
        "*" => first.Times(second),
        "/" => first.DividedBy(second),
        "^" => first.To(second),
        _ => null,
    };

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
        "sec" => 1 / Complex.Cos(first),
        "csc" => 1 / Complex.Sin(first),
        "cot" => 1 / Complex.Tan(first),
        "sinh" => Complex.Sinh(first),
        "cosh" => Complex.Cosh(first),
        "tanh" => Complex.Tanh(first),
        "exp" => Complex.Exp(first),
        "ln" => Complex.Log(first),
        "log" => Second is null ? Complex.Log10(first) : Complex.Log(first) / Complex.Log(second),
        "!" => Factorial(first),
        "choose" => Choose(first, second),
        "floor" => first.Imaginary == 0 ? Math.Floor(first.Real) : new Complex(double.NaN, 0),
        "ceil" => first.Imaginary == 0 ? Math.Ceiling(first.Real) : new Complex(double.NaN, 0),
        "max" => AreReal(first, second) ? Math.Max(first.Real, second.Real) : new Complex(double.NaN, 0),
        "min" => AreReal(first, second) ? Math.Min(first.Real, second.Real) : new Complex(double.NaN, 0),
        "gcd" => Divisor(first, second),
        "lcm" => Complex.Abs(first * second) / Divisor(first, second),
        _ => new Complex(double.NaN, double.NaN),
    };

    private static bool AreReal(Complex first, Complex second) => first.Imaginary == 0 && second.Imaginary == 0;

    private static Complex Divisor(Complex first, Complex second) =>
        AreReal(first, second) && double.IsInteger(first.Real) && double.IsInteger(second.Real)
            ? (double)BigInteger.GreatestCommonDivisor((BigInteger)first.Real, (BigInteger)second.Real)
            : new Complex(double.NaN, 0);

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
