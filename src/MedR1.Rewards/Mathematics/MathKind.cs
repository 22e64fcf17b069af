namespace MedR1.Rewards;

/// <summary>What a <see cref="MathAnswer"/> is.</summary>
internal enum MathKind
{
    Term,
    Text,
    Tuple,
    Set,

    /// <summary>Bounds between brackets, at least one of which is square.</summary>
    Interval,
    Equation,

    /// <summary>Two sides, the first of which is less (or not more) than the second.</summary>
    Inequality,

    /// <summary>Inequalities that share their sides, such as 1 &lt; x &lt; 2.</summary>
    Chain,

    /// <summary>Sets and intervals that are joined.</summary>
    Union,

    /// <summary>Rows of terms, whatever the brackets.</summary>
    Matrix,
}
