namespace MedR1.Rewards;

/// <summary>
/// Reads what an answer is made of, after math-verify's grammar: elements separated by commas, relations, sets, intervals, tuples
/// and matrices. The terms in them are read by a <see cref="TermParser"/>.
/// </summary>
internal sealed class AnswerParser(LatexCursor cursor, TermParser terms)
{
    private const string PlusMinus = @"\pm";
    private static readonly string[] s_relations = ["=", "≈", "<", ">", "<=", ">=", "!="];
    private static readonly string[] s_ends = ["", ",", ";", ")", "]", "}", @"\}"];
    private static readonly (string Sign, MathKind Kind)[] s_operations =
        [(@"\setminus", MathKind.Complement), (@"\cup", MathKind.Union), (@"\cap", MathKind.Intersection)];

    // Equations and inequalities in one chain equal only what is written in the same way.
    private static readonly MathAnswer s_mixed = new(MathKind.Text, "", null, []);

    /// <summary>Reads an answer up to the first token that can't continue it.</summary>
    /// <exception cref="FormatException">The tokens are not an answer.</exception>
    public MathAnswer Answer() =>
        cursor.Try(() => Assigned(() => AsOne(Groups(Value))))
        ?? cursor.Try(() => Assigned(() => Sets(0)))
        ?? cursor.Try(() => AtEnd(Sets(0)))
        ?? AsOne(Groups(Element));

    // x = 1, 2: the name equals all that follows unless that contains another relation, as x = 1, y = 2 does.
    private MathAnswer? Assigned(Func<MathAnswer> read)
    {
        MathAnswer name = cursor.Next == "(" ? Bracketed() : One(terms.Sum());
        return IsName(name) && (cursor.Take("=") || cursor.Take(@"\in"))
            ? AtEnd(One(MathKind.Equation, [name, read()])) : null;
    }

    private static bool IsName(MathAnswer answer) => answer.Kind == MathKind.Tuple
        ? answer.Parts.All(IsName) : answer.Term is SymbolNode { IsConstant: false };

    private MathAnswer? AtEnd(MathAnswer answer) => cursor.AtEnd ? answer : null;

    /// <summary>Elements separated by commas, in groups separated by semicolons.</summary>
    private List<List<MathAnswer>> Groups(Func<IEnumerable<MathAnswer>> element)
    {
        List<List<MathAnswer>> groups = [];
        do
        {
            List<MathAnswer> group = [];
            do
            {
                group.AddRange(element());
            }
            while (cursor.Take(","));
            groups.Add(group);
        }
        while (cursor.Take(";"));
        return groups;
    }

    private static MathAnswer AsOne(List<List<MathAnswer>> groups) =>
        groups is [[MathAnswer only]] ? only
        : groups.Count == 1 || groups.All(group => group.Count == 1) ? One(MathKind.Set, groups.SelectMany(group => group))
        : One(MathKind.Set, groups.Select(group => One(MathKind.Tuple, group)));

    private IEnumerable<MathAnswer> Element() => BothSigns(() => cursor.Try(Group) ?? Relation());

    private IEnumerable<MathAnswer> Value() => BothSigns(() => cursor.Try(Group) ?? Side());

    // Two elements, one for each sign.
    private IEnumerable<MathAnswer> BothSigns(Func<MathAnswer> read)
    {
        if (cursor.Take(PlusMinus))
        {
            MathNode value = terms.Sum();
            return [One(TermParser.Negative(value)), One(value)];
        }

        MathAnswer left = read();
        if (left.Term is not MathNode first || !cursor.Take(PlusMinus))
        {
            return [left];
        }

        MathNode second = terms.Sum();
        return [One(new CallNode("+", first, second)), One(new CallNode("-", first, second))];
    }

    private MathAnswer Relation()
    {
        MathAnswer last = Side();
        MathAnswer relation = last;
        while (s_relations.Contains(cursor.Next))
        {
            string sign = cursor.Read();
            MathAnswer side = Side();
            relation = sign switch
            {
                // Only a name takes an approximate value.
                "≈" => relation.IsOfSymbols ? side : relation,
                "=" => Equation(relation, side),
                _ => Inequality(relation, last, sign, side),
            };
            last = side;
        }

        return relation;
    }

    private MathAnswer Side() => cursor.Try(Matrix) ?? One(terms.Sum());

    // A matrix, with or without brackets around it.
    private MathAnswer? Matrix() =>
        cursor.Take("(") ? InBrackets(")") : cursor.Take("[") ? InBrackets("]") : cursor.Take("{") ? InBrackets("}")
        : MatrixParser.Parse(cursor, terms);

    private MathAnswer? InBrackets(string close)
    {
        cursor.Deepen();
        MathAnswer? matrix = Matrix() is MathAnswer inside && cursor.Take(close) ? inside : null;
        cursor.Rise();
        cursor.Take("°");
        return matrix;
    }

    // In a chain a = b = c, only the two ends count.
    private static MathAnswer Equation(MathAnswer before, MathAnswer side) =>
        before.Kind is MathKind.Inequality or MathKind.Chain or MathKind.Text ? s_mixed
        : One(MathKind.Equation, [before.Kind == MathKind.Equation ? before.Parts[0] : before, side]);

    private static MathAnswer Inequality(MathAnswer before, MathAnswer left, string sign, MathAnswer right)
    {
        if (left.Term is null || right.Term is null || before.Kind is MathKind.Equation or MathKind.Text)
        {
            return s_mixed;
        }

        MathAnswer[] sides = sign[0] == '>' ? [right, left] : [left, right];
        MathAnswer one = One(
            MathKind.Inequality, [.. sides, new MathAnswer(MathKind.Text, sign.Replace('>', '<'), null, [])]);
        return before.Kind switch
        {
            MathKind.Inequality => One(MathKind.Chain, [before, one]),
            MathKind.Chain => One(MathKind.Chain, [.. before.Parts, one]),
            _ => one,
        };
    }

    /// <summary>Sets joined by operations, of which <c>\cap</c> binds most tightly.</summary>
    private MathAnswer Sets(int operation)
    {
        if (operation == s_operations.Length)
        {
            return cursor.Try(SetsInBrackets) ?? SetAtom();
        }

        List<MathAnswer> parts = [Sets(operation + 1)];
        while (cursor.Take(s_operations[operation].Sign))
        {
            parts.Add(Sets(operation + 1));
        }

        return parts.Count == 1 ? parts[0] : One(s_operations[operation].Kind, parts);
    }

    private MathAnswer? SetsInBrackets()
    {
        if (!cursor.Take("("))
        {
            return null;
        }

        cursor.Deepen();
        MathAnswer inside = Sets(0);
        cursor.Rise();
        return cursor.Take(")") ? inside : null;
    }

    /// <summary>A set, or anything else in brackets, that ends where the element ends; otherwise null.</summary>
    private MathAnswer? Group() =>
        cursor.Next is "(" or "[" or "{" or @"\{" or @"\emptyset" or @"\mathbb{R}"
            && SetAtom() is MathAnswer group && s_ends.Contains(cursor.Next) ? group : null;

    private MathAnswer SetAtom() => cursor.Take(@"\emptyset") ? One(MathKind.Set, [])
        : cursor.Take(@"\mathbb{R}") ? One(
            MathKind.Tuple, [One(new NumberNode(double.NegativeInfinity)), One(new NumberNode(double.PositiveInfinity))])
        : Bracketed();

    private MathAnswer Bracketed()
    {
        string open = cursor.Read();
        if (open is not ("(" or "[" or "{" or @"\{"))
        {
            throw new FormatException($"'{open}' is not an opening bracket.");
        }

        cursor.Deepen();
        List<List<MathAnswer>> groups = open == @"\{" && cursor.Next == @"\}" ? [] : Groups(Element);
        string brackets = open + cursor.Read();
        cursor.Rise();
        MathAnswer[] parts = [.. groups.SelectMany(group => group)];
        return brackets switch
        {
            @"\{\}" or "{}" => One(MathKind.Set, parts),
            "()" or "[]" when parts.Length == 1 => parts[0],
            "[]" or "[)" or "(]" when IsInterval(groups) => One(
                MathKind.Interval, [.. parts, new MathAnswer(MathKind.Text, brackets, null, [])]),
            "()" or "[]" => One(MathKind.Tuple, parts),
            _ => throw new FormatException($"The brackets '{brackets}' do not match."),
        };
    }

    // Two terms, the first of which must not be the larger one.
    private static bool IsInterval(List<List<MathAnswer>> groups) =>
        groups is [[{ Term: MathNode low }, { Term: MathNode high }]]
        && !(low.Evaluate(_ => double.NaN).Real > high.Evaluate(_ => double.NaN).Real);

    private static MathAnswer One(MathNode term) => new(MathKind.Term, "", term, []);

    private static MathAnswer One(MathKind kind, IEnumerable<MathAnswer> parts) => new(kind, "", null, [.. parts]);
}
