using System.Numerics;

namespace MedR1.Rewards;

/// <summary>
/// Compares sets of real numbers, however they are written: [1, 2] ∪ [2, 3] is [1, 3], and x ≠ 3 is (−∞, 3) ∪ (3, ∞). Two sets are
/// equal if they hold the same of their boundaries and of the points between them.
/// </summary>
internal static class RealSets
{
    private const double Closeness = 1e-12;

    /// <summary>Whether two answers are sets of real numbers, and the same one.</summary>
    public static bool AreEqual(MathAnswer left, MathAnswer right)
    {
        SortedSet<double> boundaries = [];
        return TryCollect(left, boundaries) && TryCollect(right, boundaries)
            && Points([.. boundaries]).All(point => Holds(left, point) == Holds(right, point));
    }

    private static IEnumerable<double> Points(double[] boundaries)
    {
        if (boundaries.Length == 0)
        {
            return [0];
        }

        // Boundaries that differ only by rounding have no room between them.
        IEnumerable<double> between = boundaries.Zip(boundaries.Skip(1))
            .Where(pair => !AreClose(pair.First, pair.Second)).Select(pair => pair.First + (pair.Second - pair.First) / 2);
        return [boundaries[0] - Math.Abs(boundaries[0]) - 1, .. boundaries, .. between, boundaries[^1] + Math.Abs(boundaries[^1]) + 1];
    }

    // False if the answer is not a set of real numbers.
    private static bool TryCollect(MathAnswer answer, SortedSet<double> boundaries) => answer.Kind switch
    {
        MathKind.Set => answer.Parts.All(part => TryAdd(part, boundaries)),
        MathKind.Interval => answer.Parts.Take(2).All(part => TryAdd(part, boundaries)),
        MathKind.Tuple => IsOpenInterval(answer) && answer.Parts.All(part => TryAdd(part, boundaries)),
        MathKind.Inequality => answer.Parts[0].Term is SymbolNode { IsConstant: false }
            ? TryAdd(answer.Parts[1], boundaries)
            : answer.Parts[1].Term is SymbolNode { IsConstant: false } && TryAdd(answer.Parts[0], boundaries),
        MathKind.Union or MathKind.Intersection or MathKind.Complement or MathKind.Chain =>
            answer.Parts.All(part => TryCollect(part, boundaries)),
        _ => false,
    };

    private static bool TryAdd(MathAnswer part, SortedSet<double> boundaries)
    {
        double? value = Value(part);
        if (value is double boundary && double.IsFinite(boundary))
        {
            boundaries.Add(boundary);
        }

        return value is not null;
    }

    private static bool Holds(MathAnswer answer, double point) => answer.Kind switch
    {
        MathKind.Set => answer.Parts.Any(part => AreClose(Value(part)!.Value, point)),
        MathKind.Tuple => IsBelow(answer.Parts[0], point, false) && IsAbove(answer.Parts[1], point, false),
        MathKind.Interval => IsBelow(answer.Parts[0], point, answer.Parts[2].Text[0] == '[')
            && IsAbove(answer.Parts[1], point, answer.Parts[2].Text[1] == ']'),
        MathKind.Inequality => answer.Parts[2].Text == "!="
            ? !AreClose(Value(answer.Parts[0]) ?? Value(answer.Parts[1])!.Value, point)
            : answer.Parts[0].Term is SymbolNode { IsConstant: false }
                ? IsAbove(answer.Parts[1], point, answer.Parts[2].Text == "<=")
                : IsBelow(answer.Parts[0], point, answer.Parts[2].Text == "<="),
        MathKind.Union => answer.Parts.Any(part => Holds(part, point)),
        MathKind.Complement => Holds(answer.Parts[0], point) && !answer.Parts.Skip(1).Any(part => Holds(part, point)),
        _ => answer.Parts.All(part => Holds(part, point)),
    };

    private static bool IsBelow(MathAnswer bound, double point, bool orEqual)
    {
        double value = Value(bound)!.Value;
        return AreClose(value, point) ? orEqual : value < point;
    }

    private static bool IsAbove(MathAnswer bound, double point, bool orEqual)
    {
        double value = Value(bound)!.Value;
        return AreClose(value, point) ? orEqual : value > point;
    }

    private static bool IsOpenInterval(MathAnswer tuple) => tuple.Parts.Count == 2
        && Value(tuple.Parts[0]) is double low && Value(tuple.Parts[1]) is double high && low < high;

    // Null unless the part is a real number, finite or not.
    private static double? Value(MathAnswer part)
    {
        Complex value = part.Term?.Evaluate(_ => double.NaN) ?? double.NaN;
        return value.Imaginary == 0 && !double.IsNaN(value.Real) ? value.Real : null;
    }

    private static bool AreClose(double left, double right) =>
        Math.Abs(left - right) <= Closeness * Math.Max(1, Math.Abs(right));
}
