using System.Numerics;

namespace MedR1.Rewards;

/// <summary>The meaning of a mathematical answer: a term, a tuple, a set, an interval, an equation, or text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">How it was written, without white space.</param>
/// <param name="Term">The term, if it is one.</param>
/// <param name="Parts">The parts of all others.</param>
internal sealed record MathAnswer(MathKind Kind, string Text, MathNode? Term, IReadOnlyList<MathAnswer> Parts)
{
    // Decimal places to which numbers must agree: 0.333333 is a third.
    private const int Places = 6;
    private const double Closeness = 1e-9;

    // Points at which terms with symbols are compared; both signs, so that √(x²) is not x.
    private static readonly double[] s_points =
        [0.7310585786, 1.6180339887, -0.5671432904, 2.6651441427, -1.3247179572, 0.1];

    public bool Means(MathAnswer other)
    {
        if (Text.Length > 0 && Text == other.Text)
        {
            return true;
        }

        if (Kind != other.Kind)
        {
            // x = 5 answers a question about x as 5 does; a single element answers as its set does.
            return Kind == MathKind.Equation && Parts[0].Term is SymbolNode ? Parts[1].Means(other)
                : other.Kind == MathKind.Equation && other.Parts[0].Term is SymbolNode ? Means(other.Parts[1])
                : Kind == MathKind.Set && Parts.Count == 1 ? Parts[0].Means(other)
                : other.Kind == MathKind.Set && other.Parts.Count == 1 && Means(other.Parts[0]);
        }

        return Kind switch
        {
            MathKind.Term => AreEqual(Term!, other.Term!),
            MathKind.Text => false,
            MathKind.Set => Parts.Count == other.Parts.Count && Parts.All(part => other.Parts.Any(part.Means))
                && other.Parts.All(part => Parts.Any(part.Means)),
            MathKind.Equation => InOrder(other) || (Parts[0].Means(other.Parts[1]) && Parts[1].Means(other.Parts[0])),
            _ => InOrder(other),
        };
    }

    private bool InOrder(MathAnswer other) =>
        Parts.Count == other.Parts.Count && Parts.Zip(other.Parts).All(pair => pair.First.Means(pair.Second));

    private static bool AreEqual(MathNode left, MathNode right)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        left.Collect(names);
        right.Collect(names);
        if (names.Count == 0)
        {
            return AreNumbersEqual(left.Evaluate(_ => default), right.Evaluate(_ => default));
        }

        string[] order = [.. names];
        int compared = 0;
        for (int point = 0; point < s_points.Length; point++)
        {
            int first = point;
            Complex Symbol(string name) =>
                s_points[(first + Array.IndexOf(order, name)) % s_points.Length] + 0.01 * Array.IndexOf(order, name);
            Complex ours = left.Evaluate(Symbol);
            Complex theirs = right.Evaluate(Symbol);
            if (!Complex.IsFinite(ours) || !Complex.IsFinite(theirs))
            {
                continue;
            }

            compared++;
            if (Complex.Abs(ours - theirs) > Closeness * Math.Max(1, Math.Max(Complex.Abs(ours), Complex.Abs(theirs))))
            {
                return false;
            }
        }

        return compared > 2;
    }

    private static bool AreNumbersEqual(Complex left, Complex right) =>
        Complex.IsFinite(left) && Complex.IsFinite(right)
            ? Near(left.Real, right.Real) && Near(left.Imaginary, right.Imaginary)
            : double.IsInfinity(left.Real) && left.Real == right.Real;

    private static bool Near(double left, double right) =>
        Math.Round(left, Places) == Math.Round(right, Places)
        || Math.Abs(left - right) <= 1e-14 * Math.Max(Math.Abs(left), Math.Abs(right));
}
