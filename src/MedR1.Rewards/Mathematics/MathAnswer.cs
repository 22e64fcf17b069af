namespace MedR1.Rewards;

/// <summary>The meaning of a mathematical answer: a term, a tuple, a set, an interval, an equation, or text.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Text">The answer as written, after normalization; empty if it must not be compared as text.</param>
/// <param name="Term">The term, if the answer is one.</param>
/// <param name="Parts">The parts of an answer of any other kind.</param>
internal sealed record MathAnswer(MathKind Kind, string Text, MathNode? Term, IReadOnlyList<MathAnswer> Parts)
{
    // Enough for two sets of 200 elements each.
    private const int MostComparisons = 100_000;

    /// <summary>Whether the answer consists of symbols only, such as the left side of x = 5, (x, y) = (1, 2) or |AB| = 3.</summary>
    public bool IsOfSymbols => Kind == MathKind.Tuple ? Parts.All(part => part.IsOfSymbols) : Term is not null && IsOf(Term);

    private bool IsSet => Kind is MathKind.Set or MathKind.Tuple or MathKind.Interval or MathKind.Union or MathKind.Intersection
        or MathKind.Complement;

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

        return Kind == other.Kind ? MeansSameKind(other, budget) : MeansOtherKind(other, budget);
    }

    // The right side of an equation in the completion counts. A gold answer x = 5 also accepts 5, but 2x = 10 requires an equation. A
    // set of one element equals its element. Inequalities are sets only in the gold answer.
    private bool MeansOtherKind(MathAnswer other, Budget budget) =>
        other.Kind == MathKind.Equation ? Means(other.Parts[1], budget)
        : Kind == MathKind.Equation && Parts[0].IsOfSymbols ? Parts[1].Means(other, budget)
        : Kind is MathKind.Inequality or MathKind.Chain
            ? Bounds()?.InOrder(other, budget) == true || (other.IsSet && RealSets.AreEqual(this, other))
        : Kind == MathKind.Set && other.Kind == MathKind.Tuple ? Sorted().InOrder(other.Sorted(), budget)
        : Kind == MathKind.Tuple && other.Kind == MathKind.Set ? InOrder(other, budget)
        : IsSet && other.IsSet ? RealSets.AreEqual(this, other)
        : Kind == MathKind.Set && Different(budget).Count == 1 ? Parts[0].Means(other, budget)
        : other.Kind == MathKind.Set && other.Different(budget).Count == 1 && Means(other.Parts[0], budget);

    private bool MeansSameKind(MathAnswer other, Budget budget) => Kind switch
    {
        MathKind.Term => AreSameWord(Term!, other.Term!) ?? TermEquality.AreEqual(Term!, other.Term!),
        MathKind.Text => false,
        MathKind.Set => HasSameParts(other, budget),
        MathKind.Union => HasSameParts(other, budget) || RealSets.AreEqual(this, other),
        MathKind.Equation => Difference(0, 1) is MathNode ours && other.Difference(0, 1) is MathNode theirs
            ? TermEquality.AreEqual(ours, theirs) || TermEquality.AreEqual(ours, other.Difference(1, 0)!)
                || TermEquality.AreProportional(ours, theirs)
            : InOrder(other, budget) || (Parts[0].Means(other.Parts[1], budget) && Parts[1].Means(other.Parts[0], budget)),
        MathKind.Inequality => Parts[2].Text == other.Parts[2].Text
            && TermEquality.AreEqual(Difference(0, 1)!, other.Difference(0, 1)!),
        _ => InOrder(other, budget) || RealSets.AreEqual(this, other),
    };

    private bool HasSameParts(MathAnswer other, Budget budget) => Different(budget).Count == other.Different(budget).Count
        && Parts.All(part => part.IsIn(other.Parts, budget))
        && other.Parts.All(theirs => Parts.Any(ours => ours.Means(theirs, budget)));

    // A difference contains the number −1.
    private static bool IsOf(MathNode term) => term is SymbolNode { IsConstant: false }
        || (term is CallNode { Function: not "-" } call && IsOf(call.First) && (call.Second is null || IsOf(call.Second)));

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

    // A set has no order; to compare it with a tuple, the elements of both are sorted.
    private MathAnswer Sorted() => this with { Parts = [.. Parts.OrderBy(part => part.SortKey())] };

    private double SortKey() => (Kind == MathKind.Equation ? Parts[1] : this).Term?.Evaluate(_ => double.NaN).Real ?? double.NaN;

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
            if (one.Parts[2].Text == "!=")
            {
                return null;
            }

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

    // An integer or fraction in upright letters is also a name, which equals the number itself.
    private static bool IsWritten(MathNode node, string name) => (node as NumberNode)?.Written?.ToString() == name;

    private static string? LettersOf(MathNode node) => node switch
    {
        SymbolNode symbol => symbol.Written,
        CallNode { Function: "*", Second: MathNode second } product
            when LettersOf(product.First) is string first && LettersOf(second) is string last => first + last,
        _ => null,
    };

    private bool InOrder(MathAnswer other, Budget budget) =>
        Parts.Count == other.Parts.Count && Parts.Zip(other.Parts).All(pair => pair.First.Means(pair.Second, budget));

    /// <summary>Limits the comparisons: those of sets of sets multiply with the depth.</summary>
    private sealed class Budget(int comparisons)
    {
        private int _left = comparisons;

        public bool TryTake() => _left-- > 0;
    }
}
