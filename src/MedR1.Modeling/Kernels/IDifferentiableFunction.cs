using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>A vectorized function of pairs of values with its derivatives, sixteen pairs at a time.</summary>
internal interface IDifferentiableFunction : IVectorFunction
{
    /// <summary>
    /// Returns the partial derivatives with respect to both values; a function of one value may return anything for the second.
    /// </summary>
    static abstract (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y);
}
