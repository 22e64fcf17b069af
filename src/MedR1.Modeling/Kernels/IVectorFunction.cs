using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>A function of a pair of numbers, sixteen at a time.</summary>
internal interface IVectorFunction
{
    static abstract Vector512<float> Of(Vector512<float> x, Vector512<float> y);
}
