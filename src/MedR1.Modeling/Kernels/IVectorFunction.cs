using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>A vectorized function of pairs of values, sixteen pairs at a time.</summary>
internal interface IVectorFunction
{
    static abstract Vector512<float> Of(Vector512<float> x, Vector512<float> y);
}
