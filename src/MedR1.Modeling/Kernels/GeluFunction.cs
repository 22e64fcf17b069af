using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>x/2 · (1 + erf(x/√2))</c>. The error of the error function is below 1.4e-7: for |x| below 1 it is x times a polynomial in
/// x², up to 4 it is <c>1 − exp(−x²) · p(1/(1 + x))</c>, and above it is 1. Both polynomials interpolate at Chebyshev nodes.
/// </summary>
internal readonly struct GeluFunction : IDifferentiableFunction
{
    private const float HalfRoot = 0.70710678f;

    // 1/√(2π), the height of the normal density.
    private const float Height = 0.39894228f;

    // erf(√s)/√s for s in [0, 1].
    private static ReadOnlySpan<float> Near =>
        [7.8824975e-05f, -0.0008018855f, 0.0051893122f, -0.026854329f, 0.112835974f, -0.37612626f, 1.1283791f];

    // exp(x²)·erfc(x) in t = 1/(1 + x) for x in [1, 4].
    private static ReadOnlySpan<float> Far =>
        [-0.17562392f, 0.9121297f, -1.4956f, 0.7161691f, 0.4781029f, 0.5733117f, -0.00040404973f];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> argument = x * Vector512.Create(HalfRoot);
        return x * Vector512.Create(0.5f) * (Vector512<float>.One + ErrorFunction(argument));
    }

    // The derivative is Φ(x) + x φ(x), with the distribution function Φ and the density φ of the normal distribution.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector512<float> ByX, Vector512<float> ByY) Derivatives(Vector512<float> x, Vector512<float> y)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<float> below = half * (Vector512<float>.One + ErrorFunction(x * Vector512.Create(HalfRoot)));
        Vector512<float> density = Vector512.Exp(-(half * x * x)) * Vector512.Create(Height);
        return (below + (x * density), default);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> ErrorFunction(Vector512<float> x)
    {
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> size = Vector512.Abs(x);
        Vector512<float> square = size * size;
        Vector512<float> near = size * Polynomial(Near, square);
        Vector512<float> far = one - (Vector512.Exp(-square) * Polynomial(Far, one / (one + size)));
        Vector512<float> value = Vector512.ConditionalSelect(Vector512.LessThan(size, one), near, far);
        value = Vector512.ConditionalSelect(Vector512.GreaterThan(size, Vector512.Create(4f)), one, value);
        value = Vector512.CopySign(value, x);

        // NaN stays NaN.
        return Vector512.ConditionalSelect(Vector512.Equals(x, x), value, x);
    }

    // Coefficients are ordered from the highest power down.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Polynomial(ReadOnlySpan<float> coefficients, Vector512<float> x)
    {
        Vector512<float> sum = Vector512.Create(coefficients[0]);
        for (int power = 1; power < coefficients.Length; power++)
        {
            sum = Vector512.FusedMultiplyAdd(sum, x, Vector512.Create(coefficients[power]));
        }

        return sum;
    }
}
