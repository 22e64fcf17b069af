namespace MedR1.Rewards;

/// <summary>What a <see cref="MathAnswer"/> is.</summary>
internal enum MathKind
{
    Term,
    Text,
    Tuple,
    Set,

    /// <summary>Bounds between brackets of which one at least is square.</summary>
    Interval,
    Equation,
}
