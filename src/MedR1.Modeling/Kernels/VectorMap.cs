using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MedR1.Modeling;

/// <summary>
/// A function of every pair of numbers in float32 on libtorch's threads. It is computed in the same way wherever a
/// number stands: libtorch takes another formula for the last few of a thread's share, so that a row would depend on
/// its company.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal static unsafe class VectorMap<TFunction>
    where TFunction : IVectorFunction
{
    private const int Lanes = 16;
    private const int ElementsPerPart = 1 << 14;

    /// <param name="x"><c>[count]</c></param>
    /// <param name="y"><c>[count]</c>; <paramref name="x"/> for a function of one number.</param>
    /// <param name="target"><c>[count]</c></param>
    /// <param name="count">Elements.</param>
    public static void Apply(float* x, float* y, float* target, long count)
    {
        Job job = new() { X = x, Y = y, Target = target, Count = count };
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
            TFunction.Of(Vector512.Load(job->X + at), Vector512.Load(job->Y + at)).Store(job->Target + at);
        }

        if (at < end)
        {
            int count = (int)(end - at);
            float* rest = stackalloc float[2 * Lanes];
            new ReadOnlySpan<float>(job->X + at, count).CopyTo(new Span<float>(rest, Lanes));
            new ReadOnlySpan<float>(job->Y + at, count).CopyTo(new Span<float>(rest + Lanes, Lanes));
            TFunction.Of(Vector512.Load(rest), Vector512.Load(rest + Lanes)).Store(rest);
            new ReadOnlySpan<float>(rest, count).CopyTo(new Span<float>(job->Target + at, count));
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Target;
        public long Count;
    }
}
