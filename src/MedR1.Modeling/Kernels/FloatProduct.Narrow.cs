using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <content>
/// The same sums with 256-bit registers, of which there are half as many: two registers take the place of one 512-bit register, and
/// all products of the lower half are summed before those of the upper half.
/// </content>
internal static unsafe partial class FloatProduct
{
    private const int HalfLanes = 8;

    // Twelve sums, three vectors of x and one vector of weights fill the 16 registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    [SkipLocalsInit]
    private static void ThreeNarrowRows<TWeight>(float* x, TWeight* w, float* y, int width, int stride)
        where TWeight : unmanaged
    {
        float* lower = stackalloc float[3 * OutputsOfTile * HalfLanes];
        float* x1 = x + width, x2 = x1 + width;
        TWeight* w1 = w + width, w2 = w1 + width, w3 = w2 + width;
        int end = width / Lanes * Lanes;
        for (int half = 0; ; half += HalfLanes)
        {
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
            Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default;
            Vector256<float> c0 = default, c1 = default, c2 = default, c3 = default;
            for (int at = half; at < end; at += Lanes)
            {
                Vector256<float> p = Vector256.Load(x + at), q = Vector256.Load(x1 + at), r = Vector256.Load(x2 + at);
                Vector256<float> weight = LoadHalf(w + at);
                a0 = Vector256.FusedMultiplyAdd(weight, p, a0);
                b0 = Vector256.FusedMultiplyAdd(weight, q, b0);
                c0 = Vector256.FusedMultiplyAdd(weight, r, c0);
                weight = LoadHalf(w1 + at);
                a1 = Vector256.FusedMultiplyAdd(weight, p, a1);
                b1 = Vector256.FusedMultiplyAdd(weight, q, b1);
                c1 = Vector256.FusedMultiplyAdd(weight, r, c1);
                weight = LoadHalf(w2 + at);
                a2 = Vector256.FusedMultiplyAdd(weight, p, a2);
                b2 = Vector256.FusedMultiplyAdd(weight, q, b2);
                c2 = Vector256.FusedMultiplyAdd(weight, r, c2);
                weight = LoadHalf(w3 + at);
                a3 = Vector256.FusedMultiplyAdd(weight, p, a3);
                b3 = Vector256.FusedMultiplyAdd(weight, q, b3);
                c3 = Vector256.FusedMultiplyAdd(weight, r, c3);
            }

            if (half > 0)
            {
                AddLower(lower, a0, a1, a2, a3).Store(y);
                AddLower(lower + (OutputsOfTile * HalfLanes), b0, b1, b2, b3).Store(y + stride);
                AddLower(lower + (2 * OutputsOfTile * HalfLanes), c0, c1, c2, c3).Store(y + (2 * stride));
                return;
            }

            Store(lower, a0, a1, a2, a3);
            Store(lower + (OutputsOfTile * HalfLanes), b0, b1, b2, b3);
            Store(lower + (2 * OutputsOfTile * HalfLanes), c0, c1, c2, c3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* lower, Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        a.Store(lower);
        b.Store(lower + HalfLanes);
        c.Store(lower + (2 * HalfLanes));
        d.Store(lower + (3 * HalfLanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> AddLower(
        float* lower, Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d) => Sums(
        Vector256.Load(lower) + a, Vector256.Load(lower + HalfLanes) + b,
        Vector256.Load(lower + (2 * HalfLanes)) + c, Vector256.Load(lower + (3 * HalfLanes)) + d);

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector128<float> OneNarrowRow<TWeight>(float* x, TWeight* w, int width)
        where TWeight : unmanaged
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default;
        TWeight* w1 = w + width, w2 = w1 + width, w3 = w2 + width;
        for (int at = 0, end = width / Lanes * Lanes; at < end; at += Lanes)
        {
            Vector256<float> lower = Vector256.Load(x + at), upper = Vector256.Load(x + at + HalfLanes);
            a0 = Vector256.FusedMultiplyAdd(LoadHalf(w + at), lower, a0);
            b0 = Vector256.FusedMultiplyAdd(LoadHalf(w + at + HalfLanes), upper, b0);
            a1 = Vector256.FusedMultiplyAdd(LoadHalf(w1 + at), lower, a1);
            b1 = Vector256.FusedMultiplyAdd(LoadHalf(w1 + at + HalfLanes), upper, b1);
            a2 = Vector256.FusedMultiplyAdd(LoadHalf(w2 + at), lower, a2);
            b2 = Vector256.FusedMultiplyAdd(LoadHalf(w2 + at + HalfLanes), upper, b2);
            a3 = Vector256.FusedMultiplyAdd(LoadHalf(w3 + at), lower, a3);
            b3 = Vector256.FusedMultiplyAdd(LoadHalf(w3 + at + HalfLanes), upper, b3);
        }

        return Sums(a0 + b0, a1 + b1, a2 + b2, a3 + b3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> LoadHalf<TWeight>(TWeight* weights)
        where TWeight : unmanaged => typeof(TWeight) == typeof(float)
        ? Vector256.Load((float*)weights) : SignedBytes.LoadHalf((sbyte*)weights);
}
