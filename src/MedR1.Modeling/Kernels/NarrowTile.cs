using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>Six rows by 16 columns, for the sixteen 256-bit registers of AVX2.</summary>
internal readonly unsafe struct NarrowTile : ITile
{
    private const int Lanes = 8;

    // The distance, in products, at which elements of A are prefetched.
    private const int Ahead = 8;

    public static int Rows => 6;

    public static int Columns => 2 * Lanes;

    public static int Depth => 256;

    public static void Multiply(in TileStrip strip, float* a, float* c, int count)
    {
        for (int row = 0; row < count; row += Rows)
        {
            SixRows(strip, a + (row * strip.RowStride), c + (row * strip.CStride), Math.Min(Rows, count - row) - 1);
        }
    }

    // If there are fewer rows, the last is computed repeatedly, writing the same values to the same memory.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void SixRows(in TileStrip strip, float* a, float* c, int last)
    {
        float* a1 = a + (Math.Min(1, last) * strip.RowStride), a2 = a + (Math.Min(2, last) * strip.RowStride);
        float* a3 = a + (Math.Min(3, last) * strip.RowStride), a4 = a + (Math.Min(4, last) * strip.RowStride);
        float* a5 = a + (last * strip.RowStride);
        float* c1 = c + (Math.Min(1, last) * strip.CStride), c2 = c + (Math.Min(2, last) * strip.CStride);
        float* c3 = c + (Math.Min(3, last) * strip.CStride), c4 = c + (Math.Min(4, last) * strip.CStride);
        float* c5 = c + (last * strip.CStride);
        Vector256<float> r0 = default, r1 = default, s0 = default, s1 = default, t0 = default, t1 = default;
        Vector256<float> u0 = default, u1 = default, v0 = default, v1 = default, w0 = default, w1 = default;
        if (strip.Adds)
        {
            (r0, r1) = (Vector256.Load(c), Vector256.Load(c + Lanes));
            (s0, s1) = (Vector256.Load(c1), Vector256.Load(c1 + Lanes));
            (t0, t1) = (Vector256.Load(c2), Vector256.Load(c2 + Lanes));
            (u0, u1) = (Vector256.Load(c3), Vector256.Load(c3 + Lanes));
            (v0, v1) = (Vector256.Load(c4), Vector256.Load(c4 + Lanes));
            (w0, w1) = (Vector256.Load(c5), Vector256.Load(c5 + Lanes));
        }

        float* b = strip.B;
        long bStride = strip.BStride, depthStride = strip.DepthStride, at = 0;
        for (int left = strip.Depth; left > 0; left--, at += depthStride, b += bStride)
        {
            if (Sse.IsSupported)
            {
                // If A is transposed, each product reads a different cache line.
                Sse.Prefetch0(a + at + (Ahead * depthStride));
            }

            Vector256<float> b0 = Vector256.Load(b), b1 = Vector256.Load(b + Lanes);
            Vector256<float> spread = Vector256.Create(a[at]);
            r0 = Vector256.FusedMultiplyAdd(spread, b0, r0);
            r1 = Vector256.FusedMultiplyAdd(spread, b1, r1);
            spread = Vector256.Create(a1[at]);
            s0 = Vector256.FusedMultiplyAdd(spread, b0, s0);
            s1 = Vector256.FusedMultiplyAdd(spread, b1, s1);
            spread = Vector256.Create(a2[at]);
            t0 = Vector256.FusedMultiplyAdd(spread, b0, t0);
            t1 = Vector256.FusedMultiplyAdd(spread, b1, t1);
            spread = Vector256.Create(a3[at]);
            u0 = Vector256.FusedMultiplyAdd(spread, b0, u0);
            u1 = Vector256.FusedMultiplyAdd(spread, b1, u1);
            spread = Vector256.Create(a4[at]);
            v0 = Vector256.FusedMultiplyAdd(spread, b0, v0);
            v1 = Vector256.FusedMultiplyAdd(spread, b1, v1);
            spread = Vector256.Create(a5[at]);
            w0 = Vector256.FusedMultiplyAdd(spread, b0, w0);
            w1 = Vector256.FusedMultiplyAdd(spread, b1, w1);
        }

        Store(r0, r1, c);
        Store(s0, s1, c1);
        Store(t0, t1, c2);
        Store(u0, u1, c3);
        Store(v0, v1, c4);
        Store(w0, w1, c5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<float> low, Vector256<float> high, float* target)
    {
        low.Store(target);
        high.Store(target + Lanes);
    }
}
