namespace MedR1.Rewards;

/// <summary>The kinds of <see cref="MathAnswer"/>.</summary>
internal enum MathKind
{
    Term,
    Text,
    Tuple,
    Set,

    /// <summary>Bounds between brackets, at least one of which is square.</summary>
    Interval,
    Equation,

    /// <summary>Two sides, the first of which is less than, at most, or unequal to the second.</summary>
    Inequality,

    /// <summary>Consecutive inequalities that share a side, such as 1 &lt; x &lt; 2.</summary>
    Chain,

    /// <summary>A union of sets and intervals.</summary>
    Union,
    Intersection,

    /// <summary>A set without the elements of others.</summary>
    Complement,

    /// <summary>Rows of terms, regardless of the brackets.</summary>
    Matrix,
}
