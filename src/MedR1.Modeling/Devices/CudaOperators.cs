using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Operators with the library's own kernels, on a GPU and without gradient: one launch replaces several of libtorch's, with
/// the same roundings. Each returns <see langword="null"/> if its kernel doesn't support the arguments.
/// </summary>
internal static unsafe class CudaOperators
{
    private const int Threads = 256;

    // Enough blocks to fill a GPU; with more elements, each thread processes several.
    private const long MostBlocks = 4096;
    private const int LongestRow = 1 << 16;

    /// <summary>Computes the root-mean-square normalisation, rounded before and after the gain.</summary>
    /// <param name="input"><c>[…, n]</c></param>
    /// <param name="gain"><c>[n]</c></param>
    /// <param name="epsilon">Added to the mean square.</param>
    public static Tensor? Normalise(Tensor input, Tensor gain, double epsilon)
    {
        if (KernelsFor(input, gain) is not { } kernels || input.shape[^1] is > LongestRow)
        {
            return null;
        }

        int width = (int)input.shape[^1];
        Tensor result = empty_like(input);
        nint from = TensorMemory.AddressOf(input), times = TensorMemory.AddressOf(gain), to = TensorMemory.AddressOf(result);
        float added = (float)epsilon;
        void** arguments = stackalloc void*[] { &from, &times, &to, &width, &added };
        int threads = CudaKernels.ThreadsForRow(width, Threads);
        kernels.Launch("normalise", input.dtype, (input.numel() / width, 1), threads, arguments);
        return result;
    }

    /// <summary>Computes <c>silu(gate) · up</c>, rounding both the activation and the product.</summary>
    public static Tensor? Gate(Tensor gate, Tensor up)
    {
        if (KernelsFor(gate, up) is not { } kernels || !gate.shape.AsSpan().SequenceEqual(up.shape))
        {
            return null;
        }

        Tensor result = empty_like(gate);
        nint open = TensorMemory.AddressOf(gate), other = TensorMemory.AddressOf(up), to = TensorMemory.AddressOf(result);
        long count = gate.numel();
        void** arguments = stackalloc void*[] { &open, &other, &to, &count };
        kernels.Launch("gate", gate.dtype, (BlocksFor(count / 4), 1), Threads, arguments);
        return result;
    }

    /// <summary>Applies rotary position embeddings in the half-split form.</summary>
    /// <param name="vectors"><c>[N, heads, d]</c></param>
    /// <param name="cosine"><c>[N, 1, d]</c></param>
    /// <param name="signedSine"><c>[N, 1, d]</c>, the first half including the minus sign of the rotation.</param>
    public static Tensor? Rotate(Tensor vectors, Tensor cosine, Tensor signedSine)
    {
        if (KernelsFor(vectors, cosine) is not { } kernels || vectors.dim() != 3
            || cosine.shape[0] != vectors.shape[0] || cosine.shape[^1] != vectors.shape[2])
        {
            return null;
        }

        Tensor result = empty_like(vectors);
        nint from = TensorMemory.AddressOf(vectors), straight = TensorMemory.AddressOf(cosine);
        nint crossed = TensorMemory.AddressOf(signedSine), to = TensorMemory.AddressOf(result);
        int heads = (int)vectors.shape[1], width = (int)vectors.shape[2];
        long count = vectors.numel();
        void** arguments = stackalloc void*[] { &from, &straight, &crossed, &to, &heads, &width, &count };
        kernels.Launch("rotate", vectors.dtype, (BlocksFor(count), 1), Threads, arguments);
        return result;
    }

    // The kernels read four elements at a time, in their stored layout.
    private static CudaKernels? KernelsFor(Tensor left, Tensor right) =>
        left.device_type == DeviceType.CUDA && !is_grad_enabled()
        && left.dtype is ScalarType.Float32 or ScalarType.BFloat16 && right.dtype == left.dtype
        && left.numel() > 0 && left.shape[^1] % 4 == 0 && right.shape[^1] == left.shape[^1]
        && left.is_contiguous() && right.is_contiguous() && IsAligned(left) && IsAligned(right)
            ? CudaKernels.For(left.device) : null;

    private static bool IsAligned(Tensor tensor) => TensorMemory.AddressOf(tensor) % (4 * tensor.ElementSize) == 0;

    private static long BlocksFor(long count) => Math.Clamp((count + Threads - 1) / Threads, 1, MostBlocks);
}
