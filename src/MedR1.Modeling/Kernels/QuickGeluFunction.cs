using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary><c>x · sigmoid(1.702 x)</c></summary>
internal readonly struct QuickGeluFunction : IVectorFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) =>
        x / (Vector512<float>.One + Vector512.Exp(x * Vector512.Create(-(float)GeluActivation.QuickFactor)));
}
