using System.Numerics;

namespace MedR1.Rewards;

/// <summary>A number as written.</summary>
/// <param name="Value">The nearest double.</param>
/// <param name="Written">The number if it is an integer or a fraction of two; null for a decimal or an infinite number.</param>
internal sealed record NumberNode(double Value, Fraction? Written = null) : MathNode
{
    /// <summary>Whether the number is written with a decimal point.</summary>
    public bool IsDecimal => Written is null && double.IsFinite(Value);

    public static NumberNode Integer(int value) => new(value, Fraction.Of(value));

    public NumberNode Negated() => new(-Value, Written?.Negated());

    public override Complex Evaluate(Func<string, Complex> symbols) => Value;

    public override Fraction? Exact() => Written;

    public override void Collect(ISet<string> symbols)
    {
    }
}
