using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary><c>silu(gate) · up</c>, that is <c>x / (1 + e^−x) · y</c>.</summary>
internal readonly struct GateFunction : IDifferentiableFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) =>
        x / (Vector512<float>.One + Vector512.Exp(-x)) * y;

    // With s = sigmoid(x), the derivatives are (s + x s (1 − s)) y and x s.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> share = one / (one + Vector512.Exp(-x));
        Vector512<float> open = x * share;
        return ((share + (open * (one - share))) * y, open);
    }
}
