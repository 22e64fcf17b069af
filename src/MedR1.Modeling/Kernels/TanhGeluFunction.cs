using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>x/2 · (1 + tanh(u))</c> with <c>u = √(2/π) · (x + 0.044715 x³)</c>, computed as x times the sigmoid of 2u, which it equals.
/// </summary>
internal readonly struct TanhGeluFunction : IDifferentiableFunction
{
    // 2 · √(2/π), and that times 0.044715.
    private const float Linear = 1.5957691f;
    private const float Cubic = 0.07135482f;

    // Beyond it, the sigmoid is 0 or 1, and squares and cubes could overflow.
    private const float Farthest = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> one = Vector512<float>.One;
        return x * (one / (one + Vector512.Exp(-Argument(Near(x)))));
    }

    // With s = sigmoid(2u), the derivative is s + x s (1 − s) · 2u′. Both s and 1 − s come from exp(−|2u|), because the latter is
    // multiplied by large numbers and must not be a difference of nearly equal ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> near = Near(x);
        Vector512<float> argument = Argument(near);
        Vector512<float> decline = Vector512.Exp(-Vector512.Abs(argument));
        Vector512<float> larger = Vector512<float>.One / (Vector512<float>.One + decline);
        Vector512<float> smaller = decline * larger;
        Vector512<float> share = Vector512.ConditionalSelect(
            Vector512.GreaterThan(argument, Vector512<float>.Zero), larger, smaller);
        Vector512<float> slope = Vector512.Create(Linear) + (near * near * Vector512.Create(3 * Cubic));
        return (share + (near * larger * smaller * slope), default);
    }

    // 2u
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Argument(Vector512<float> x) =>
        x * (Vector512.Create(Linear) + (x * x * Vector512.Create(Cubic)));

    // NaN stays NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Near(Vector512<float> x) =>
        Vector512.Min(Vector512.Max(x, Vector512.Create(-Farthest)), Vector512.Create(Farthest));
}
