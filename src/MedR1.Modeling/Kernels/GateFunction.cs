using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary><c>silu(gate) · up</c>, that is <c>x / (1 + e^−x) · y</c>.</summary>
internal readonly struct GateFunction : IVectorFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) =>
        x / (Vector512<float>.One + Vector512.Exp(-x)) * y;
}
