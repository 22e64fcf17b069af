using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>A function of a pair of numbers with its derivatives, sixteen at a time.</summary>
internal interface IDifferentiableFunction : IVectorFunction
{
    /// <summary>The derivatives by both numbers; what a function of one number gives for the second is not read.</summary>
    static abstract (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y);
}
