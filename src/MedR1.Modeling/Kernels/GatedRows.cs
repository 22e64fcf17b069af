using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// <c>silu(gate) · up</c> in float32 on libtorch's threads. The same exponential for every element, wherever it stands:
/// libtorch takes another one for the last few elements of a thread's share, so that a row would depend on its company.
/// </summary>
internal static unsafe class GatedRows
{
    private const int Lanes = 16;
    private const int ElementsPerPart = 1 << 14;

    /// <summary>Computes the products.</summary>
    /// <param name="gate"><c>[count]</c></param>
    /// <param name="up"><c>[count]</c></param>
    /// <param name="result"><c>[count]</c></param>
    /// <param name="count">Elements.</param>
    public static void Multiply(float* gate, float* up, float* result, long count)
    {
        Job job = new() { Gate = gate, Up = up, Result = result, Count = count };
        int parts = (int)((count + ElementsPerPart - 1) / ElementsPerPart);
        if (parts <= 1)
        {
            Compute(&job, 0);
        }
        else
        {
            TorchThreads.Run(parts, &Compute, &job);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        long at = (long)part * ElementsPerPart;
        long end = Math.Min(job->Count, at + ElementsPerPart);
        for (; at + Lanes <= end; at += Lanes)
        {
            One(Vector512.Load(job->Gate + at), Vector512.Load(job->Up + at)).Store(job->Result + at);
        }

        if (at < end)
        {
            float* rest = stackalloc float[2 * Lanes];
            for (int k = 0; k < end - at; k++)
            {
                rest[k] = job->Gate[at + k];
                rest[Lanes + k] = job->Up[at + k];
            }

            One(Vector512.Load(rest), Vector512.Load(rest + Lanes)).Store(rest);
            for (int k = 0; k < end - at; k++)
            {
                job->Result[at + k] = rest[k];
            }
        }
    }

    // x / (1 + e^−x) · y
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> One(Vector512<float> gate, Vector512<float> up) =>
        gate / (Vector512<float>.One + Vector512.Exp(-gate)) * up;

    private struct Job
    {
        public float* Gate;
        public float* Up;
        public float* Result;
        public long Count;
    }
}
