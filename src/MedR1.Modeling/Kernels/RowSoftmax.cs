using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>Softmax of one row of scaled scores, in place and in float32.</summary>
internal static unsafe class RowSoftmax
{
    /// <summary><c>s ← exp(scale · s − max) / Σ</c></summary>
    /// <param name="scores"><c>[count]</c>, at least one.</param>
    /// <param name="count">Scores.</param>
    /// <param name="scale">Factor of the scores; positive.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* scores, int count, float scale)
    {
        float largest = Largest(scores, count) * scale;
        Vector512<float> shift = Vector512.Create(largest), factor = Vector512.Create(scale), sums = default;
        int at = 0;
        for (; at + 16 <= count; at += 16)
        {
            Vector512<float> part = Vector512.Exp(Vector512.Load(scores + at) * factor - shift);
            part.Store(scores + at);
            sums += part;
        }

        float sum = Vector512.Sum(sums);
        if (at < count)
        {
            // The same exponential for the rest as for whole vectors: where the rest begins depends on nothing but the
            // row, but two exponentials would be two things to trust.
            float* rest = stackalloc float[16];
            for (int k = 0; k < count - at; k++)
            {
                rest[k] = scores[at + k];
            }

            Vector512.Exp(Vector512.Load(rest) * factor - shift).Store(rest);
            for (int k = 0; k < count - at; k++)
            {
                scores[at + k] = rest[k];
                sum += rest[k];
            }
        }

        float share = 1 / sum;
        for (int k = 0; k < count; k++)
        {
            scores[k] *= share;
        }
    }

    private static float Largest(float* scores, int count)
    {
        float largest = float.NegativeInfinity;
        int at = 0;
        if (count >= 16)
        {
            Vector512<float> most = Vector512.Load(scores);
            for (at = 16; at + 16 <= count; at += 16)
            {
                most = Vector512.Max(most, Vector512.Load(scores + at));
            }

            for (int lane = 0; lane < 16; lane++)
            {
                largest = MathF.Max(largest, most[lane]);
            }
        }

        for (; at < count; at++)
        {
            largest = MathF.Max(largest, scores[at]);
        }

        return largest;
    }
}
