using MedR1.TestSupport;

namespace MedR1.Modeling.Tests.Kernels;

/// <summary>
/// Compares kernels with a scalar implementation of their order of summation: results have these bits, whatever the width of the
/// registers.
/// </summary>
public sealed unsafe class SummationOrderTests
{
    // Sizes that are multiples of tiles of 8 by 32 and 6 by 16 and of depths of 256 and 512, and others.
    [KernelTheory(typeof(TileProduct))]
    [InlineData(96, 64, 512)]
    [InlineData(1, 7, 3)]
    [InlineData(13, 50, 300)]
    [InlineData(301, 33, 40)]
    [InlineData(50, 1100, 530)]
    public void A_tile_sums_from_the_first_product_to_the_last(int rows, int columns, int depth)
    {
        float[] a = Numbers(rows * depth, 1), b = Numbers(depth * columns, 2), bias = Numbers(columns, 3);
        float[] expected = new float[rows * columns], withBias = new float[rows * columns];
        for (int i = 0; i < expected.Length; i++)
        {
            for (int k = 0; k < depth; k++)
            {
                expected[i] = MathF.FusedMultiplyAdd(a[(i / columns * depth) + k], b[(k * columns) + (i % columns)], expected[i]);
            }

            withBias[i] = expected[i] + bias[i % columns];
        }

        float[] turnedA = Turned(a, rows, depth), turnedB = Turned(b, depth, columns);
        foreach ((bool turnsA, bool turnsB) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            float[] actual = new float[rows * columns];
            fixed (float* x = turnsA ? turnedA : a, y = turnsB ? turnedB : b, z = actual, added = bias)
            {
                TileProduct.MultiplyHere(x, turnsA, y, turnsB, z, rows, columns, depth);
                Assert.Equal(expected, actual);

                // If the processor lacks registers of a width, narrower ones are used.
                TileProduct.MultiplyHere<WideTile>(x, turnsA, y, turnsB, z, rows, columns, depth);
                Assert.Equal(expected, actual);
                TileProduct.MultiplyHere<NarrowTile>(x, turnsA, y, turnsB, z, rows, columns, depth);
                Assert.Equal(expected, actual);
                TileProduct.Multiply(x, turnsA, y, turnsB, z, rows, columns, depth, added);
                Assert.Equal(withBias, actual);
            }
        }
    }

    // Sixteen sums of products 16 apart; then i and i + 8, i and i + 4, i and i + 2, the last two; then the remainder.
    [Theory]
    [InlineData(1, 16, 4)]
    [InlineData(3, 32, 5)]
    [InlineData(14, 200, 131)]
    [InlineData(5, 37, 9)]
    [InlineData(2, 9, 3)]
    public void A_product_of_rows_has_sixteen_partial_sums(int rows, int width, int outputs)
    {
        float[] x = Numbers(rows * width, 4), w = Numbers(outputs * width, 5), actual = new float[rows * outputs];
        sbyte[] whole = [.. w.Select(value => (sbyte)(value * 100))];
        fixed (float* rowsOfX = x, weights = w, result = actual)
        fixed (sbyte* bytes = whole)
        {
            FloatProduct.Multiply(rowsOfX, weights, null, null, result, rows, width, outputs);
            Assert.Equal(Expected(x, w, rows, width, outputs), actual);
            FloatProduct.Multiply(rowsOfX, bytes, null, null, result, rows, width, outputs);
            Assert.Equal(Expected(x, [.. whole.Select(value => (float)value)], rows, width, outputs), actual);
        }
    }

    private static float[] Expected(float[] x, float[] w, int rows, int width, int outputs)
    {
        float[] expected = new float[rows * outputs];
        for (int i = 0; i < expected.Length; i++)
        {
            ReadOnlySpan<float> row = x.AsSpan(i / outputs * width, width), weight = w.AsSpan(i % outputs * width, width);
            float[] sums = new float[16];
            int inRegisters = width / 16 * 16;
            for (int k = 0; k < inRegisters; k++)
            {
                sums[k % 16] = MathF.FusedMultiplyAdd(weight[k], row[k], sums[k % 16]);
            }

            for (int half = 8; half > 0; half /= 2)
            {
                for (int lane = 0; lane < half; lane++)
                {
                    sums[lane] += sums[lane + half];
                }
            }

            for (int k = inRegisters; k < width; k++)
            {
                sums[0] = MathF.FusedMultiplyAdd(weight[k], row[k], sums[0]);
            }

            expected[i] = sums[0];
        }

        return expected;
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
    }

    private static float[] Turned(float[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[(i % rows * columns) + (i / rows)])];
}
