using System.Numerics;

namespace MedR1.Rewards;

/// <summary>A mathematical term that can be evaluated for given values of its symbols.</summary>
internal abstract record MathNode
{
    /// <summary>The term's value; not finite if it has none.</summary>
    public abstract Complex Evaluate(Func<string, Complex> symbols);

    /// <summary>The value without rounding; null unless the term is integer and rational arithmetic.</summary>
    public abstract Fraction? Exact();

    /// <summary>Adds the names of the term's symbols to a set.</summary>
    public abstract void Collect(ISet<string> symbols);
}
