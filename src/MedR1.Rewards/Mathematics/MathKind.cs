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
}
