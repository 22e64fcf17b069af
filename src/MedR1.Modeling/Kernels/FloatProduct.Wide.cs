using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <content>Four rows by four outputs in 512-bit registers.</content>
internal static unsafe partial class FloatProduct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void FourWideRows<TWeight>(float* x, TWeight* w, float* y, int width, int stride)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default;
        Vector512<float> d0 = default, d1 = default, d2 = default, d3 = default;
        int at = 0;
        for (; at + Lanes <= width; at += Lanes)
        {
            Vector512<float> w0 = Load(w + at), w1 = Load(w + width + at);
            Vector512<float> w2 = Load(w + 2 * width + at), w3 = Load(w + 3 * width + at);
            Vector512<float> row = Vector512.Load(x + at);
            a0 = Vector512.FusedMultiplyAdd(w0, row, a0);
            a1 = Vector512.FusedMultiplyAdd(w1, row, a1);
            a2 = Vector512.FusedMultiplyAdd(w2, row, a2);
            a3 = Vector512.FusedMultiplyAdd(w3, row, a3);
            row = Vector512.Load(x + width + at);
            b0 = Vector512.FusedMultiplyAdd(w0, row, b0);
            b1 = Vector512.FusedMultiplyAdd(w1, row, b1);
            b2 = Vector512.FusedMultiplyAdd(w2, row, b2);
            b3 = Vector512.FusedMultiplyAdd(w3, row, b3);
            row = Vector512.Load(x + 2 * width + at);
            c0 = Vector512.FusedMultiplyAdd(w0, row, c0);
            c1 = Vector512.FusedMultiplyAdd(w1, row, c1);
            c2 = Vector512.FusedMultiplyAdd(w2, row, c2);
            c3 = Vector512.FusedMultiplyAdd(w3, row, c3);
            row = Vector512.Load(x + 3 * width + at);
            d0 = Vector512.FusedMultiplyAdd(w0, row, d0);
            d1 = Vector512.FusedMultiplyAdd(w1, row, d1);
            d2 = Vector512.FusedMultiplyAdd(w2, row, d2);
            d3 = Vector512.FusedMultiplyAdd(w3, row, d3);
        }

        Sums(Half(a0), Half(a1), Half(a2), Half(a3)).Store(y);
        Sums(Half(b0), Half(b1), Half(b2), Half(b3)).Store(y + stride);
        Sums(Half(c0), Half(c1), Half(c2), Half(c3)).Store(y + 2 * stride);
        Sums(Half(d0), Half(d1), Half(d2), Half(d3)).Store(y + 3 * stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static Vector128<float> OneWideRow<TWeight>(float* x, TWeight* w, int width)
        where TWeight : unmanaged
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        int at = 0;
        for (; at + Lanes <= width; at += Lanes)
        {
            Vector512<float> row = Vector512.Load(x + at);
            a0 = Vector512.FusedMultiplyAdd(Load(w + at), row, a0);
            a1 = Vector512.FusedMultiplyAdd(Load(w + width + at), row, a1);
            a2 = Vector512.FusedMultiplyAdd(Load(w + 2 * width + at), row, a2);
            a3 = Vector512.FusedMultiplyAdd(Load(w + 3 * width + at), row, a3);
        }

        return Sums(Half(a0), Half(a1), Half(a2), Half(a3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Half(Vector512<float> vector) => vector.GetLower() + vector.GetUpper();
}
