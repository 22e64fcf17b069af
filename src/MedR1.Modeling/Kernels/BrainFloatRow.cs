using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = W x + b</c> for one row x in bfloat16, for decoding: every weight is read once, so that memory bandwidth is the
/// limit, of which a general matrix product reaches a third. Sums are float32 and rounded once. Each output is summed by
/// one thread in a fixed order, so that the result doesn't depend on the number of threads.
/// </summary>
internal static unsafe class BrainFloatRow
{
    /// <summary>The block size, of which the width of a row must be a multiple.</summary>
    public const int Block = 32;

    // The number of outputs that a thread computes at a time.
    private const int OutputsPerPart = 64;
    private const int Half = Block / 2;

    // The prefetch distance in elements: reading 2 KiB takes about as long as the memory latency.
    private const int Ahead = 1024;

    /// <summary>Whether the processor has the required instructions.</summary>
    public static bool IsSupported => Vector512.IsHardwareAccelerated && Sse.IsSupported;

    /// <summary>Computes the product.</summary>
    /// <param name="row"><c>[width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[outputs]</c></param>
    /// <param name="scratch">Temporary memory for <c>width</c> float32 values, aligned to 64 bytes.</param>
    /// <param name="width">A multiple of <see cref="Block"/>.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static void Multiply(
        ushort* row, ushort* weight, ushort* bias, ushort* result, float* scratch, int width, int outputs)
    {
        for (int at = 0; at < width; at += Block)
        {
            (Vector512<float> even, Vector512<float> odd) = Widen(row + at);
            even.StoreAligned(scratch + at);
            odd.StoreAligned(scratch + at + Half);
        }

        Product product = new()
        {
            Row = scratch,
            Weight = weight,
            Bias = bias,
            Result = result,
            Width = width,
            Outputs = outputs,
        };
        TorchThreads.Run((outputs + OutputsPerPart - 1) / OutputsPerPart, &Compute, &product);
    }

    private static void Compute(void* state, int part)
    {
        Product* product = (Product*)state;
        int end = Math.Min((part + 1) * OutputsPerPart, product->Outputs);
        for (int output = part * OutputsPerPart; output < end; output++)
        {
            float sum = Sum(product->Row, product->Weight + (long)output * product->Width, product->Width);
            product->Result[output] = BrainFloats.Round(
                product->Bias == null ? sum : sum + BrainFloats.Widen(product->Bias[output]));
        }
    }

    // The matrix is read sequentially, which maximizes bandwidth; prefetching bridges page boundaries.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum(float* row, ushort* weight, int width)
    {
        Vector512<float> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        int at = 0;
        for (; at + 2 * Block <= width; at += 2 * Block)
        {
            Sse.Prefetch0(weight + at + Ahead);
            Sse.Prefetch0(weight + at + Ahead + Block);
            (Vector512<float> even, Vector512<float> odd) = Widen(weight + at);
            sum0 = Vector512.FusedMultiplyAdd(even, Vector512.LoadAligned(row + at), sum0);
            sum1 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadAligned(row + at + Half), sum1);
            (even, odd) = Widen(weight + at + Block);
            sum2 = Vector512.FusedMultiplyAdd(even, Vector512.LoadAligned(row + at + Block), sum2);
            sum3 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadAligned(row + at + Block + Half), sum3);
        }

        if (at < width)
        {
            (Vector512<float> even, Vector512<float> odd) = Widen(weight + at);
            sum0 = Vector512.FusedMultiplyAdd(even, Vector512.LoadAligned(row + at), sum0);
            sum1 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadAligned(row + at + Half), sum1);
        }

        return Vector512.Sum((sum0 + sum1) + (sum2 + sum3));
    }

    // A bfloat16 is the upper half of a float32. Even and odd elements are separated, for both row and weights.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Even, Vector512<float> Odd) Widen(ushort* values)
    {
        Vector512<uint> pairs = Vector512.Load((uint*)values);
        return ((pairs << 16).AsSingle(), (pairs & Vector512.Create(0xFFFF0000u)).AsSingle());
    }

    private struct Product
    {
        public float* Row;
        public ushort* Weight;
        public ushort* Bias;
        public ushort* Result;
        public int Width;
        public int Outputs;
    }
}
