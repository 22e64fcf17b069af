using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>Softmax of one row of scaled scores, in place and in float32.</summary>
internal static unsafe class RowSoftmax
{
    /// <summary>Computes <c>s ← exp(scale · s − max) / Σ</c>.</summary>
    /// <param name="scores"><c>[count]</c></param>
    /// <param name="count">The number of scores, at least 1.</param>
    /// <param name="scale">The factor of the scores; positive.</param>
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
            // The remainder uses the same vectorized exponential, so that there is only one implementation to verify.
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
        for (at = 0; at + 16 <= count; at += 16)
        {
            (Vector512.Load(scores + at) * share).Store(scores + at);
        }

        for (; at < count; at++)
        {
            scores[at] *= share;
        }
    }

    /// <summary>Computes the gradient of the scaled scores, <c>g ← w (g − Σ w g)</c>, in place.</summary>
    /// <param name="weights"><c>[count]</c>, w: the result of the softmax.</param>
    /// <param name="gradient"><c>[count]</c>, g: the gradient of the weights.</param>
    /// <param name="count">The number of scores.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gradient(float* weights, float* gradient, int count)
    {
        Vector512<float> sums = default;
        int at = 0;
        for (; at + 16 <= count; at += 16)
        {
            sums = Vector512.FusedMultiplyAdd(Vector512.Load(weights + at), Vector512.Load(gradient + at), sums);
        }

        float sum = Vector512.Sum(sums);
        for (; at < count; at++)
        {
            sum += weights[at] * gradient[at];
        }

        Vector512<float> shift = Vector512.Create(sum);
        for (at = 0; at + 16 <= count; at += 16)
        {
            ((Vector512.Load(gradient + at) - shift) * Vector512.Load(weights + at)).Store(gradient + at);
        }

        for (; at < count; at++)
        {
            gradient[at] = (gradient[at] - sum) * weights[at];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

            Vector256<float> half = Vector256.Max(most.GetLower(), most.GetUpper());
            Vector128<float> quarter = Vector128.Max(half.GetLower(), half.GetUpper());
            largest = MathF.Max(MathF.Max(quarter[0], quarter[1]), MathF.Max(quarter[2], quarter[3]));
        }

        for (; at < count; at++)
        {
            largest = MathF.Max(largest, scores[at]);
        }

        return largest;
    }
}
