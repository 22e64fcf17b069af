using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>Eight rows by 32 columns, for the 32 512-bit registers of AVX-512.</summary>
internal readonly unsafe struct WideTile : ITile
{
    private const int Lanes = 16;

    public static int Rows => 8;

    public static int Columns => 2 * Lanes;

    public static int Depth => 512;

    public static void Multiply(in TileStrip strip, float* a, float* c, int count)
    {
        int row = 0;
        for (; row + Rows <= count; row += Rows)
        {
            EightRows(strip, a + (row * strip.RowStride), c + (row * strip.CStride));
        }

        for (; row < count; row++)
        {
            OneRow(strip, a + (row * strip.RowStride), c + (row * strip.CStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void EightRows(in TileStrip strip, float* a, float* c)
    {
        long rowStride = strip.RowStride, depthStride = strip.DepthStride, bStride = strip.BStride, cStride = strip.CStride;
        Vector512<float> r0 = default, r1 = default, s0 = default, s1 = default, t0 = default, t1 = default, u0 = default, u1 = default;
        Vector512<float> v0 = default, v1 = default, w0 = default, w1 = default, x0 = default, x1 = default, y0 = default, y1 = default;
        float* c4 = c + (4 * cStride);
        if (strip.Adds)
        {
            (r0, r1) = (Vector512.Load(c), Vector512.Load(c + Lanes));
            (s0, s1) = (Vector512.Load(c + cStride), Vector512.Load(c + cStride + Lanes));
            (t0, t1) = (Vector512.Load(c + (2 * cStride)), Vector512.Load(c + (2 * cStride) + Lanes));
            (u0, u1) = (Vector512.Load(c + (3 * cStride)), Vector512.Load(c + (3 * cStride) + Lanes));
            (v0, v1) = (Vector512.Load(c4), Vector512.Load(c4 + Lanes));
            (w0, w1) = (Vector512.Load(c4 + cStride), Vector512.Load(c4 + cStride + Lanes));
            (x0, x1) = (Vector512.Load(c4 + (2 * cStride)), Vector512.Load(c4 + (2 * cStride) + Lanes));
            (y0, y1) = (Vector512.Load(c4 + (3 * cStride)), Vector512.Load(c4 + (3 * cStride) + Lanes));
        }

        float* b = strip.B;
        float* a4 = a + (4 * rowStride);
        for (int at = 0; at < strip.Depth; at++, a += depthStride, a4 += depthStride, b += bStride)
        {
            Vector512<float> b0 = Vector512.Load(b), b1 = Vector512.Load(b + Lanes);
            Vector512<float> spread = Vector512.Create(*a);
            r0 = Vector512.FusedMultiplyAdd(spread, b0, r0);
            r1 = Vector512.FusedMultiplyAdd(spread, b1, r1);
            spread = Vector512.Create(a[rowStride]);
            s0 = Vector512.FusedMultiplyAdd(spread, b0, s0);
            s1 = Vector512.FusedMultiplyAdd(spread, b1, s1);
            spread = Vector512.Create(a[2 * rowStride]);
            t0 = Vector512.FusedMultiplyAdd(spread, b0, t0);
            t1 = Vector512.FusedMultiplyAdd(spread, b1, t1);
            spread = Vector512.Create(a[3 * rowStride]);
            u0 = Vector512.FusedMultiplyAdd(spread, b0, u0);
            u1 = Vector512.FusedMultiplyAdd(spread, b1, u1);
            spread = Vector512.Create(*a4);
            v0 = Vector512.FusedMultiplyAdd(spread, b0, v0);
            v1 = Vector512.FusedMultiplyAdd(spread, b1, v1);
            spread = Vector512.Create(a4[rowStride]);
            w0 = Vector512.FusedMultiplyAdd(spread, b0, w0);
            w1 = Vector512.FusedMultiplyAdd(spread, b1, w1);
            spread = Vector512.Create(a4[2 * rowStride]);
            x0 = Vector512.FusedMultiplyAdd(spread, b0, x0);
            x1 = Vector512.FusedMultiplyAdd(spread, b1, x1);
            spread = Vector512.Create(a4[3 * rowStride]);
            y0 = Vector512.FusedMultiplyAdd(spread, b0, y0);
            y1 = Vector512.FusedMultiplyAdd(spread, b1, y1);
        }

        Store(r0, r1, c);
        Store(s0, s1, c + cStride);
        Store(t0, t1, c + (2 * cStride));
        Store(u0, u1, c + (3 * cStride));
        Store(v0, v1, c4);
        Store(w0, w1, c4 + cStride);
        Store(x0, x1, c4 + (2 * cStride));
        Store(y0, y1, c4 + (3 * cStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void OneRow(in TileStrip strip, float* a, float* c)
    {
        Vector512<float> r0 = default, r1 = default;
        if (strip.Adds)
        {
            (r0, r1) = (Vector512.Load(c), Vector512.Load(c + Lanes));
        }

        float* b = strip.B;
        for (int at = 0; at < strip.Depth; at++, a += strip.DepthStride, b += strip.BStride)
        {
            Vector512<float> spread = Vector512.Create(*a);
            r0 = Vector512.FusedMultiplyAdd(spread, Vector512.Load(b), r0);
            r1 = Vector512.FusedMultiplyAdd(spread, Vector512.Load(b + Lanes), r1);
        }

        Store(r0, r1, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> low, Vector512<float> high, float* target)
    {
        low.Store(target);
        high.Store(target + Lanes);
    }
}
