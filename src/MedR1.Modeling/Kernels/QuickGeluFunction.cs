using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary><c>x · sigmoid(1.702 x)</c></summary>
internal readonly struct QuickGeluFunction : IDifferentiableFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y) =>
        x / (Vector512<float>.One + Vector512.Exp(x * Vector512.Create(-(float)GeluActivation.QuickFactor)));

    // With s = sigmoid(1.702 x), the derivative is s + 1.702 x s (1 − s).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> argument = x * Vector512.Create((float)GeluActivation.QuickFactor);
        Vector512<float> share = one / (one + Vector512.Exp(-argument));
        return (share + (argument * share * (one - share)), default);
    }
}
