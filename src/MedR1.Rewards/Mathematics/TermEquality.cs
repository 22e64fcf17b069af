using System.Numerics;

namespace MedR1.Rewards;

/// <summary>Compares terms: numbers by math-verify's rules, terms with symbols by their values at several points.</summary>
internal static class TermEquality
{
    // The number of decimal places to which a decimal number must agree with another: 0.333333 equals one third.
    private const int Places = 6;

    // What 15 digits of a number may differ by, and what evaluating a term with symbols may cost.
    private const double NumberCloseness = 1e-14;
    private const double TermCloseness = 1e-9;

    // Points at which terms with symbols are compared, of both signs so that √(x²) differs from x.
    private static readonly double[] s_points =
        [0.7310585786, 1.6180339887, -0.5671432904, 2.6651441427, -1.3247179572, 0.1];

    /// <summary>Whether two terms are equal.</summary>
    public static bool AreEqual(MathNode left, MathNode right)
    {
        string[] names = [.. Names(left).Union(Names(right), StringComparer.Ordinal)];
        return names.Length == 0 ? AreNumbersEqual(left, right)
            : left.Equals(right)
                || (Values(left, right, names) is { Count: > 2 } pairs && pairs.All(pair => AreClose(pair.Left, pair.Right)));
    }

    /// <summary>
    /// Whether two terms with the same symbols, at least two, differ only by a factor: then the equations that set them to 0 have
    /// the same solutions. math-verify does not see this with a single symbol.
    /// </summary>
    public static bool AreProportional(MathNode left, MathNode right)
    {
        SortedSet<string> names = Names(left);
        if (names.Count < 2 || !names.SetEquals(Names(right)) || Values(left, right, [.. names]) is not { Count: > 2 } pairs)
        {
            return false;
        }

        Complex ratio = pairs[0].Left / pairs[0].Right;
        return Complex.IsFinite(ratio) && ratio != Complex.Zero
            && pairs.All(pair => AreClose(pair.Left, ratio * pair.Right));
    }

    private static SortedSet<string> Names(MathNode term)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        term.Collect(names);
        return names;
    }

    private static List<(Complex Left, Complex Right)> Values(MathNode left, MathNode right, string[] names)
    {
        List<(Complex Left, Complex Right)> pairs = [];
        for (int point = 0; point < s_points.Length; point++)
        {
            int first = point;
            Complex Symbol(string name) =>
                s_points[(first + Array.IndexOf(names, name)) % s_points.Length] + 0.01 * Array.IndexOf(names, name);
            (Complex ours, Complex theirs) = (left.Evaluate(Symbol), right.Evaluate(Symbol));
            if (Complex.IsFinite(ours) && Complex.IsFinite(theirs))
            {
                pairs.Add((ours, theirs));
            }
        }

        return pairs;
    }

    private static bool AreClose(Complex left, Complex right) => Complex.Abs(left - right)
        <= TermCloseness * Math.Max(1, Math.Max(Complex.Abs(left), Complex.Abs(right)));

    // Integers and fractions are compared without rounding. A decimal number is compared to six places, but not with an integer.
    private static bool AreNumbersEqual(MathNode left, MathNode right)
    {
        (Fraction? ours, Fraction? theirs) = (left.Exact(), right.Exact());
        if (ours is not null && theirs is not null)
        {
            return ours == theirs;
        }

        (Complex first, Complex second) = (left.Evaluate(_ => default), right.Evaluate(_ => default));
        if (!Complex.IsFinite(first) || !Complex.IsFinite(second))
        {
            return double.IsInfinity(first.Real) && first.Real == second.Real;
        }

        bool isRounded = (left is NumberNode { IsDecimal: true } || right is NumberNode { IsDecimal: true })
            && ours is not { IsInteger: true } && theirs is not { IsInteger: true };
        return isRounded
            ? Math.Round(first.Real, Places) == Math.Round(second.Real, Places)
                && Math.Round(first.Imaginary, Places) == Math.Round(second.Imaginary, Places)
            : AreNear(first.Real, second.Real) && AreNear(first.Imaginary, second.Imaginary);
    }

    private static bool AreNear(double left, double right) =>
        Math.Abs(left - right) <= NumberCloseness * Math.Max(1, Math.Max(Math.Abs(left), Math.Abs(right)));
}
