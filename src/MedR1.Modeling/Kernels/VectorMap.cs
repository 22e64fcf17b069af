using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// A function of every number in float32 on libtorch's threads. It is computed in the same way wherever a number stands:
/// libtorch takes another formula for the last few of a thread's share, so that a row would depend on its company.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal static unsafe class VectorMap<TFunction>
    where TFunction : IVectorFunction
{
    private const int Lanes = 16;
    private const int ElementsPerPart = 1 << 14;

    /// <param name="source"><c>[count]</c></param>
    /// <param name="target"><c>[count]</c></param>
    /// <param name="count">Elements.</param>
    public static void Apply(float* source, float* target, long count)
    {
        Job job = new() { Source = source, Target = target, Count = count };
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
            TFunction.Of(Vector512.Load(job->Source + at)).Store(job->Target + at);
        }

        if (at < end)
        {
            float* rest = stackalloc float[Lanes];
            new ReadOnlySpan<float>(job->Source + at, (int)(end - at)).CopyTo(new Span<float>(rest, Lanes));
            TFunction.Of(Vector512.Load(rest)).Store(rest);
            new ReadOnlySpan<float>(rest, (int)(end - at)).CopyTo(new Span<float>(job->Target + at, (int)(end - at)));
        }
    }

    private struct Job
    {
        public float* Source;
        public float* Target;
        public long Count;
    }
}
