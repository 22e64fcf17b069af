using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The gradients of <see cref="VectorMap{TFunction}"/> in float32, on libtorch's threads and in one pass. The gradient of an element
/// does not depend on its position.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal static unsafe class VectorGradient<TFunction>
    where TFunction : IDifferentiableFunction
{
    private const int Lanes = 16;
    private const int ElementsPerPart = 1 << 14;

    /// <summary>Computes the gradients of the function's arguments.</summary>
    /// <param name="x">The first arguments, contiguous float32 on the CPU.</param>
    /// <param name="y">The second arguments; <paramref name="x"/> for a function of one argument.</param>
    /// <param name="gradient">The gradient of the result.</param>
    /// <returns>The gradients of <paramref name="x"/> and <paramref name="y"/>; null for the latter if both are the same.</returns>
    public static (Tensor OfX, Tensor? OfY) Apply(Tensor x, Tensor y, Tensor gradient)
    {
        Tensor ofX = empty_like(x);
        Tensor? ofY = ReferenceEquals(x, y) ? null : empty_like(y);
        Job job = new()
        {
            X = (float*)TensorMemory.AddressOf(x),
            Y = (float*)TensorMemory.AddressOf(y),
            Gradient = (float*)TensorMemory.AddressOf(gradient),
            OfX = (float*)TensorMemory.AddressOf(ofX),
            OfY = ofY is null ? null : (float*)TensorMemory.AddressOf(ofY),
            Count = x.numel(),
        };
        TorchThreads.Run((int)((job.Count + ElementsPerPart - 1) / ElementsPerPart), &Compute, &job);
        GC.KeepAlive(x);
        GC.KeepAlive(y);
        GC.KeepAlive(gradient);
        return (ofX, ofY);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Compute(void* state, int part)
    {
        Job* job = (Job*)state;
        long at = (long)part * ElementsPerPart;
        long end = Math.Min(job->Count, at + ElementsPerPart);
        for (; at + Lanes <= end; at += Lanes)
        {
            ComputeLanes(
                job->X + at, job->Y + at, job->Gradient + at, job->OfX + at, job->OfY is null ? null : job->OfY + at);
        }

        if (at < end)
        {
            int count = (int)(end - at);
            float* rest = stackalloc float[5 * Lanes];
            new ReadOnlySpan<float>(job->X + at, count).CopyTo(new Span<float>(rest, Lanes));
            new ReadOnlySpan<float>(job->Y + at, count).CopyTo(new Span<float>(rest + Lanes, Lanes));
            new ReadOnlySpan<float>(job->Gradient + at, count).CopyTo(new Span<float>(rest + (2 * Lanes), Lanes));
            ComputeLanes(rest, rest + Lanes, rest + (2 * Lanes), rest + (3 * Lanes), rest + (4 * Lanes));
            new ReadOnlySpan<float>(rest + (3 * Lanes), count).CopyTo(new Span<float>(job->OfX + at, count));
            if (job->OfY is not null)
            {
                new ReadOnlySpan<float>(rest + (4 * Lanes), count).CopyTo(new Span<float>(job->OfY + at, count));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes(float* x, float* y, float* gradient, float* ofX, float* ofY)
    {
        (Vector512<float> byX, Vector512<float> byY) = TFunction.Derivatives(Vector512.Load(x), Vector512.Load(y));
        Vector512<float> given = Vector512.Load(gradient);
        (given * byX).Store(ofX);
        if (ofY is not null)
        {
            (given * byY).Store(ofY);
        }
    }

    /// <summary>The state shared by all parts.</summary>
    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Gradient;
        public float* OfX;
        public float* OfY;
        public long Count;
    }
}
