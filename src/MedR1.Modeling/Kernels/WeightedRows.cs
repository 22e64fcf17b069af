using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>y += p V</c> in float32: weighted sums of rows. Each element is summed from the first row to the last, so that the
/// result of a query is independent of the other queries, bit for bit.
/// </summary>
internal static unsafe class WeightedRows
{
    private const int Lanes = 16;

    /// <summary>Adds the sums.</summary>
    /// <param name="weights"><c>[queries, rows]</c></param>
    /// <param name="values"><c>[rows, width]</c></param>
    /// <param name="sums"><c>[queries, width]</c></param>
    /// <param name="queries">The number of queries.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="stride">The distance between the weights of adjacent queries.</param>
    public static void Add(
        float* weights, float* values, float* sums, int queries, int rows, int width, int stride)
    {
        int at = 0;
        for (; at + 4 * Lanes <= width; at += 4 * Lanes)
        {
            int query = 0;
            for (; query + 4 <= queries; query += 4)
            {
                FourQueries(weights + (long)query * stride, values + at, sums + query * width + at, rows, width, stride);
            }

            for (; query < queries; query++)
            {
                OneQuery(weights + (long)query * stride, values + at, sums + query * width + at, rows, width);
            }
        }

        for (int query = 0; query < queries; query++)
        {
            Rest(weights + (long)query * stride, values, sums + query * width, at, rows, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourQueries(float* weights, float* values, float* sums, int rows, int width, int stride)
    {
        float* second = sums + width, third = second + width, fourth = third + width;
        Vector512<float> a0 = Vector512.Load(sums), a1 = Vector512.Load(sums + 16);
        Vector512<float> a2 = Vector512.Load(sums + 32), a3 = Vector512.Load(sums + 48);
        Vector512<float> b0 = Vector512.Load(second), b1 = Vector512.Load(second + 16);
        Vector512<float> b2 = Vector512.Load(second + 32), b3 = Vector512.Load(second + 48);
        Vector512<float> c0 = Vector512.Load(third), c1 = Vector512.Load(third + 16);
        Vector512<float> c2 = Vector512.Load(third + 32), c3 = Vector512.Load(third + 48);
        Vector512<float> d0 = Vector512.Load(fourth), d1 = Vector512.Load(fourth + 16);
        Vector512<float> d2 = Vector512.Load(fourth + 32), d3 = Vector512.Load(fourth + 48);
        for (int row = 0; row < rows; row++, values += width, weights++)
        {
            Vector512<float> v0 = Vector512.Load(values), v1 = Vector512.Load(values + 16);
            Vector512<float> v2 = Vector512.Load(values + 32), v3 = Vector512.Load(values + 48);
            Vector512<float> weight = Vector512.Create(weights[0]);
            a0 = Vector512.FusedMultiplyAdd(v0, weight, a0);
            a1 = Vector512.FusedMultiplyAdd(v1, weight, a1);
            a2 = Vector512.FusedMultiplyAdd(v2, weight, a2);
            a3 = Vector512.FusedMultiplyAdd(v3, weight, a3);
            weight = Vector512.Create(weights[stride]);
            b0 = Vector512.FusedMultiplyAdd(v0, weight, b0);
            b1 = Vector512.FusedMultiplyAdd(v1, weight, b1);
            b2 = Vector512.FusedMultiplyAdd(v2, weight, b2);
            b3 = Vector512.FusedMultiplyAdd(v3, weight, b3);
            weight = Vector512.Create(weights[2 * stride]);
            c0 = Vector512.FusedMultiplyAdd(v0, weight, c0);
            c1 = Vector512.FusedMultiplyAdd(v1, weight, c1);
            c2 = Vector512.FusedMultiplyAdd(v2, weight, c2);
            c3 = Vector512.FusedMultiplyAdd(v3, weight, c3);
            weight = Vector512.Create(weights[3 * stride]);
            d0 = Vector512.FusedMultiplyAdd(v0, weight, d0);
            d1 = Vector512.FusedMultiplyAdd(v1, weight, d1);
            d2 = Vector512.FusedMultiplyAdd(v2, weight, d2);
            d3 = Vector512.FusedMultiplyAdd(v3, weight, d3);
        }

        Store(sums, a0, a1, a2, a3);
        Store(second, b0, b1, b2, b3);
        Store(third, c0, c1, c2, c3);
        Store(fourth, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneQuery(float* weights, float* values, float* sums, int rows, int width)
    {
        Vector512<float> a0 = Vector512.Load(sums), a1 = Vector512.Load(sums + 16);
        Vector512<float> a2 = Vector512.Load(sums + 32), a3 = Vector512.Load(sums + 48);
        for (int row = 0; row < rows; row++, values += width)
        {
            Vector512<float> weight = Vector512.Create(weights[row]);
            a0 = Vector512.FusedMultiplyAdd(Vector512.Load(values), weight, a0);
            a1 = Vector512.FusedMultiplyAdd(Vector512.Load(values + 16), weight, a1);
            a2 = Vector512.FusedMultiplyAdd(Vector512.Load(values + 32), weight, a2);
            a3 = Vector512.FusedMultiplyAdd(Vector512.Load(values + 48), weight, a3);
        }

        Store(sums, a0, a1, a2, a3);
    }

    // Computes the elements after the last complete group of four vectors.
    private static void Rest(float* weights, float* values, float* sums, int at, int rows, int width)
    {
        for (; at + Lanes <= width; at += Lanes)
        {
            Vector512<float> sum = Vector512.Load(sums + at);
            for (int row = 0; row < rows; row++)
            {
                sum = Vector512.FusedMultiplyAdd(
                    Vector512.Load(values + (long)row * width + at), Vector512.Create(weights[row]), sum);
            }

            sum.Store(sums + at);
        }

        for (; at < width; at++)
        {
            for (int row = 0; row < rows; row++)
            {
                sums[at] = MathF.FusedMultiplyAdd(values[(long)row * width + at], weights[row], sums[at]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* target, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        a.Store(target);
        b.Store(target + 16);
        c.Store(target + 32);
        d.Store(target + 48);
    }
}
