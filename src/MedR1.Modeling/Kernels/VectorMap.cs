using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// An elementwise function of pairs, in float32 or, with one rounding at the end, in bfloat16, on libtorch's threads. The result of an
/// element does not depend on its position; in libtorch it would, because the last elements of a thread's range are computed by a
/// different formula.
/// </summary>
/// <typeparam name="TFunction">The function.</typeparam>
internal static unsafe class VectorMap<TFunction>
    where TFunction : IVectorFunction
{
    private const int Lanes = 32;
    private const int ElementsPerPart = 1 << 14;

    // For phased work, in which the threads are already running.
    private const int ElementsPerShortPart = 1 << 12;

    /// <summary>Whether the input needs no gradient and its layout and data type are supported.</summary>
    public static bool Fits(Tensor input) =>
        (!is_grad_enabled() || !input.requires_grad) && input.device_type == DeviceType.CPU
        && input.dtype is ScalarType.Float32 or ScalarType.BFloat16 && input.is_contiguous();

    /// <param name="x">The first arguments, for which <see cref="Fits"/> is true.</param>
    /// <param name="y">The second arguments, of the same data type; <paramref name="x"/> for a function of one argument.</param>
    /// <returns>The results, with the shape and data type of <paramref name="x"/>.</returns>
    public static Tensor Apply(Tensor x, Tensor y)
    {
        Tensor result = empty_like(x);
        Job job = new()
        {
            X = (void*)TensorMemory.AddressOf(x),
            Y = (void*)TensorMemory.AddressOf(y),
            Target = (void*)TensorMemory.AddressOf(result),
            Count = x.numel(),
            OfPart = ElementsPerPart,
        };
        delegate*<void*, int, void> compute = x.dtype == ScalarType.Float32 ? &Compute<float> : &Compute<ushort>;
        int parts = (int)((job.Count + ElementsPerPart - 1) / ElementsPerPart);
        if (parts <= 1)
        {
            compute(&job, 0);
        }
        else
        {
            TorchThreads.Run(parts, compute, &job);
        }

        GC.KeepAlive(x);
        GC.KeepAlive(y);
        return result;
    }

    /// <summary>Divides a job of phased work into parts, sets their size and returns their number.</summary>
    public static int Divide(ref Job job)
    {
        job.OfPart = ElementsPerShortPart;
        return (int)((job.Count + ElementsPerShortPart - 1) / ElementsPerShortPart);
    }

    /// <summary>Computes the elements of a part.</summary>
    /// <typeparam name="T"><see langword="float"/>, or <see langword="ushort"/> for bfloat16.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute<T>(void* state, int part)
        where T : unmanaged
    {
        Job* job = (Job*)state;
        T* x = (T*)job->X, y = (T*)job->Y, target = (T*)job->Target;
        long at = (long)part * job->OfPart;
        long end = Math.Min(job->Count, at + job->OfPart);
        for (; at + Lanes <= end; at += Lanes)
        {
            ComputeLanes(x + at, y + at, target + at);
        }

        if (at < end)
        {
            int count = (int)(end - at);
            T* rest = stackalloc T[2 * Lanes];
            new ReadOnlySpan<T>(x + at, count).CopyTo(new Span<T>(rest, Lanes));
            new ReadOnlySpan<T>(y + at, count).CopyTo(new Span<T>(rest + Lanes, Lanes));
            ComputeLanes(rest, rest + Lanes, rest);
            new ReadOnlySpan<T>(rest, count).CopyTo(new Span<T>(target + at, count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ComputeLanes<T>(T* x, T* y, T* target)
        where T : unmanaged
    {
        (Vector512<float> lowX, Vector512<float> highX) = RowNumbers.Load(x);
        (Vector512<float> lowY, Vector512<float> highY) = RowNumbers.Load(y);
        RowNumbers.Store(TFunction.Of(lowX, lowY), TFunction.Of(highX, highY), target);
    }

    /// <summary>Elements to compute.</summary>
    internal struct Job
    {
        public void* X;
        public void* Y;
        public void* Target;
        public long Count;
        public int OfPart;
    }
}
