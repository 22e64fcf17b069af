using System.Globalization;
using System.Numerics;

namespace MedR1.Rewards;

/// <summary>A rational number of any size, in lowest terms with a positive denominator.</summary>
internal readonly record struct Fraction
{
    // An upper limit that bounds the work: some 2,400 decimal digits.
    private const long MostBits = 8192;

    private Fraction(BigInteger numerator, BigInteger denominator)
    {
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (Numerator, Denominator) = (numerator / divisor, denominator / divisor);
    }

    public BigInteger Numerator { get; }

    public BigInteger Denominator { get; }

    public bool IsInteger => Denominator.IsOne;

    public bool IsPositive => Numerator.Sign > 0;

    public static Fraction Of(BigInteger value) => new(value, BigInteger.One);

    /// <summary>The fraction; null if the denominator is 0 or the numbers become too large.</summary>
    public static Fraction? Of(BigInteger numerator, BigInteger denominator) =>
        denominator.IsZero || numerator.GetBitLength() > MostBits || denominator.GetBitLength() > MostBits
            ? null : new Fraction(numerator, denominator);

    public Fraction? Plus(Fraction other) =>
        Of((Numerator * other.Denominator) + (other.Numerator * Denominator), Denominator * other.Denominator);

    public Fraction? Times(Fraction other) => Of(Numerator * other.Numerator, Denominator * other.Denominator);

    public Fraction? DividedBy(Fraction other) => Of(Numerator * other.Denominator, Denominator * other.Numerator);

    public Fraction Negated() => new(-Numerator, Denominator);

    /// <summary>The power; null unless the exponent is an integer and the result is not too large.</summary>
    public Fraction? To(Fraction exponent)
    {
        long bits = Math.Max(Numerator.GetBitLength(), Denominator.GetBitLength());
        if (!exponent.IsInteger || BigInteger.Abs(exponent.Numerator) * bits > MostBits)
        {
            return null;
        }

        int power = (int)BigInteger.Abs(exponent.Numerator);
        BigInteger numerator = BigInteger.Pow(Numerator, power), denominator = BigInteger.Pow(Denominator, power);
        return exponent.Numerator.Sign < 0 ? Of(denominator, numerator) : Of(numerator, denominator);
    }

    /// <summary>The factorial; null unless the number is an integer and the result is not too large.</summary>
    public Fraction? Factorial()
    {
        if (!IsInteger || Numerator.Sign < 0 || Numerator > MostBits)
        {
            return null;
        }

        BigInteger product = BigInteger.One;
        for (int i = 2; i <= (int)Numerator && product.GetBitLength() <= MostBits; i++)
        {
            product *= i;
        }

        return Of(product, BigInteger.One);
    }

    public override string ToString() => IsInteger ? Numerator.ToString(CultureInfo.InvariantCulture)
        : $"{Numerator.ToString(CultureInfo.InvariantCulture)}/{Denominator.ToString(CultureInfo.InvariantCulture)}";
}
