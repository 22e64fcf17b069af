using System.Globalization;
using System.Numerics;

namespace MedR1.Rewards;

/// <summary>The meaning of a mathematical answer: a term, a tuple, a set, an interval, an equation, or text.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Text">The answer as written, after normalization; empty if it must not be compared as text.</param>
/// <param name="Term">The term, if the answer is one.</param>
/// <param name="Parts">The parts of an answer of any other kind.</param>
internal sealed record MathAnswer(MathKind Kind, string Text, MathNode? Term, IReadOnlyList<MathAnswer> Parts)
{
    // The number of decimal places to which numbers must agree: 0.333333 equals one third.
    private const int Places = 6;
    private const double Closeness = 1e-9;

    // Enough for two sets of 200 elements each.
    private const int MostComparisons = 100_000;

    // Points at which terms with symbols are compared, of both signs so that √(x²) differs from x.
    private static readonly double[] s_points =
        [0.7310585786, 1.6180339887, -0.5671432904, 2.6651441427, -1.3247179572, 0.1];

    /// <summary>Whether another answer is equal to this one; false if finding out takes too many comparisons.</summary>
    public bool Means(MathAnswer other) => Means(other, new Budget(MostComparisons));

    private bool Means(MathAnswer other, Budget budget)
    {
        if (!budget.TryTake())
        {
            return false;
        }

        if (Text.Length > 0 && Text == other.Text)
        {
            return true;
        }

        if (Kind != other.Kind)
        {
            // The right side of an equation in the completion counts. A gold answer x = 5 also accepts 5, but 2x = 10 requires an
            // equation. A set of one element equals its element.
            return other.Kind == MathKind.Equation ? Means(other.Parts[1], budget)
                : Kind == MathKind.Equation && Parts[0].Term is MathNode left && LettersOf(left) is not null
                    ? Parts[1].Means(other, budget)
                : Kind is MathKind.Inequality or MathKind.Chain ? Bounds() is MathAnswer bounds && bounds.InOrder(other, budget)
                : Kind == MathKind.Set && other.Kind == MathKind.Tuple ? Sorted().InOrder(other, budget)
                : Kind == MathKind.Tuple && other.Kind == MathKind.Set ? InOrder(other, budget)
                : Kind == MathKind.Set && Different(budget).Count == 1 ? Parts[0].Means(other, budget)
                : other.Kind == MathKind.Set && other.Different(budget).Count == 1 && Means(other.Parts[0], budget);
        }

        return Kind switch
        {
            MathKind.Term => AreSameWord(Term!, other.Term!) ?? AreEqual(Term!, other.Term!),
            MathKind.Text => false,
            MathKind.Set or MathKind.Union => Different(budget).Count == other.Different(budget).Count
                && Parts.All(part => part.IsIn(other.Parts, budget)) && other.Parts.All(part => part.IsIn(Parts, budget)),
            MathKind.Equation => InOrder(other, budget)
                || (Parts[0].Means(other.Parts[1], budget) && Parts[1].Means(other.Parts[0], budget))
                || (Difference(0, 1) is MathNode ours && other.Difference(0, 1) is MathNode theirs
                    && (AreEqual(ours, theirs) || AreEqual(ours, other.Difference(1, 0)!))),
            MathKind.Inequality => Parts[2].Text == other.Parts[2].Text
                && AreEqual(Difference(0, 1)!, other.Difference(0, 1)!),
            _ => InOrder(other, budget),
        };
    }

    private bool IsIn(IEnumerable<MathAnswer> others, Budget budget) => others.Any(other => Means(other, budget));

    private List<MathAnswer> Different(Budget budget)
    {
        List<MathAnswer> different = [];
        different.AddRange(Parts.Where(part => !part.IsIn(different, budget)));
        return different;
    }

    private MathNode? Difference(int first, int second) =>
        Parts[first].Term is MathNode left && Parts[second].Term is MathNode right
            ? new CallNode("-", left, right) : null;

    // A set has no order; to compare it with a tuple, its elements are sorted.
    private MathAnswer Sorted() => this with
    {
        Parts = [.. Parts.OrderBy(part => part.Term?.Evaluate(_ => double.NaN).Real ?? double.NaN)],
    };

    // The interval in which a single symbol may lie.
    private MathAnswer? Bounds()
    {
        IReadOnlyList<MathAnswer> all = Kind == MathKind.Chain ? Parts : [this];
        MathAnswer none = new(MathKind.Term, "", new NumberNode(double.PositiveInfinity), []);
        MathAnswer low = none with { Term = new NumberNode(double.NegativeInfinity) };
        (MathAnswer high, string open, string close) = (none, "(", ")");
        foreach (MathAnswer one in all)
        {
            bool isClosed = one.Parts[2].Text == "<=";
            if (one.Parts[0].Term is SymbolNode)
            {
                (high, close) = (one.Parts[1], isClosed ? "]" : ")");
            }
            else if (one.Parts[1].Term is SymbolNode)
            {
                (low, open) = (one.Parts[0], isClosed ? "[" : "(");
            }
            else
            {
                return null;
            }
        }

        MathAnswer brackets = new(MathKind.Text, open + close, null, []);
        return open + close == "()" ? new MathAnswer(MathKind.Tuple, "", null, [low, high])
            : new MathAnswer(MathKind.Interval, "", null, [low, high, brackets]);
    }

    // A symbol equals only itself, even where algebra would allow more, because math-verify compares symbols as written. A name in
    // upright letters is one symbol and equals the product of its letters in italics. Null if neither term is a symbol.
    private static bool? AreSameWord(MathNode left, MathNode right) =>
        left is SymbolNode { IsConstant: false, Written: string name } ? LettersOf(right) == name || IsWritten(right, name)
        : right is SymbolNode { IsConstant: false, Written: string other }
            ? LettersOf(left) == other || IsWritten(left, other)
        : null;

    // A whole number or e in upright letters is also a name, which equals the number itself.
    private static bool IsWritten(MathNode node, string name)
    {
        Complex value = node.Evaluate(_ => double.NaN);
        return value.Imaginary == 0 && double.IsFinite(value.Real) && (name == "e" ? value.Real == Math.E
            : value.Real.ToString(CultureInfo.InvariantCulture) == name);
    }

    private static string? LettersOf(MathNode node) => node switch
    {
        SymbolNode symbol => symbol.Written,
        CallNode { Function: "*", Second: MathNode second } product
            when LettersOf(product.First) is string first && LettersOf(second) is string last => first + last,
        _ => null,
    };

    private bool InOrder(MathAnswer other, Budget budget) =>
        Parts.Count == other.Parts.Count && Parts.Zip(other.Parts).All(pair => pair.First.Means(pair.Second, budget));

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

    /// <summary>Limits the comparisons: those of sets of sets multiply with the depth.</summary>
    private sealed class Budget(int comparisons)
    {
        private int _left = comparisons;

        public bool TryTake() => _left-- > 0;
    }
}
