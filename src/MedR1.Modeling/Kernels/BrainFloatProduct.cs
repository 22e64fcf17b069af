using System.Runtime.InteropServices;

namespace MedR1.Modeling;

/// <summary>
/// <c>y = s · x Wᵀ + b</c> in bfloat16 for few rows, with bfloat16 or 8-bit integer weights in their stored layout, at about memory
/// bandwidth. Sums are float32 and rounded once. The order of summation does not depend on the number of rows and threads, so that
/// the result of a row is independent of the other rows, bit for bit.
/// </summary>
internal static unsafe class BrainFloatProduct
{
    /// <summary>The maximum number of rows in one call of the kernel.</summary>
    public const int MostRows = 128;

    // The block sizes of the kernel.
    private const int Columns = 32;
    private const int Outputs = 4;
    private const int MostOutputsOfPart = 128;

    // Small enough for threads to finish at about the same time, large enough for the kernel to be efficient.
    private const int WeightsOfPart = 3 << 15;
    private const int FewestOutputsOfPart = 24;

    /// <summary>Whether there is a kernel for this machine.</summary>
    public static bool IsSupported => NativeKernels.BrainFloatProduct is not null;

    /// <summary>
    /// Whether the kernel is the fastest choice for any number of rows. On processors with bfloat16 instructions, libtorch, which
    /// first reorders the matrix, is faster for more rows than <see cref="MostRows"/>; on others, libtorch's products are scalar.
    /// </summary>
    public static bool TakesManyRows => IsSupported && !NativeKernels.HasBrainFloats;

    /// <summary>Whether the kernel reads rows as <see cref="RowInterleaving"/> arranges them.</summary>
    public static bool InterleavesRows => IsSupported && NativeKernels.HasBrainFloats;

    /// <summary>Whether the kernel should compute a product, in several calls if there are more rows than one call takes.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static bool FitsInTurns(long count, long width, long outputs) =>
        count is > 0 and <= int.MaxValue && Fits(TakesManyRows ? 1 : count, width, outputs);

    /// <summary>Whether one call of the kernel can compute a product.</summary>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static bool Fits(long count, long width, long outputs) =>
        IsSupported
        && count is > 0 and <= MostRows && width > 0 && width % Columns == 0 && outputs > 0 && outputs % Outputs == 0;

    /// <summary>Computes a supported product with bfloat16 weights, on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static void Multiply(
        ushort* rows, ushort* weight, ushort* bias, ushort* result, int count, long width, long outputs) => Multiply(new()
        {
            Rows = rows,
            Weight = weight,
            Bias = bias,
            Result = result,
            Count = count,
            Width = width,
            Outputs = outputs,
        });

    /// <summary>Computes a supported product with 8-bit weights, on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="codes"><c>[outputs, width]</c></param>
    /// <param name="scale"><c>[outputs]</c>, by which sums are multiplied.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">The number of rows.</param>
    /// <param name="width">The width of a row.</param>
    /// <param name="outputs">The number of outputs.</param>
    public static void Multiply(
        ushort* rows, sbyte* codes, float* scale, ushort* bias, ushort* result, int count, long width, long outputs) =>
        Multiply(new()
        {
            Rows = rows,
            Codes = codes,
            Scale = scale,
            Bias = bias,
            Result = result,
            Count = count,
            Width = width,
            Outputs = outputs,
        });

    /// <summary>Divides a product into parts, sets their size and returns their number.</summary>
    public static int Divide(ref Product product)
    {
        product.OutputsOfPart =
            Math.Clamp(WeightsOfPart / product.Width / Outputs * Outputs, FewestOutputsOfPart, MostOutputsOfPart);
        return (int)((product.Outputs + product.OutputsOfPart - 1) / product.OutputsOfPart);
    }

    /// <summary>Computes a part of a product.</summary>
    public static void Compute(void* product, int part) => NativeKernels.BrainFloatProduct(product, part);

    private static void Multiply(Product product)
    {
        long most = Math.Min(MostRows, product.Count);
        ushort* interleaved =
            InterleavesRows && most > 1 ? (ushort*)NativeMemory.AlignedAlloc((nuint)(most * product.Width * sizeof(ushort)), 64) : null;
        try
        {
            Product some = product;
            for (long row = 0; row < product.Count; row += MostRows)
            {
                some.Rows = product.Rows + (row * product.Width);
                some.Result = product.Result + (row * product.Outputs);
                some.Count = Math.Min(MostRows, product.Count - row);
                if (interleaved is not null)
                {
                    RowInterleaving.Job job = new(some.Rows, interleaved, (int)some.Count, (int)some.Width);
                    TorchThreads.Run(RowInterleaving.Divide(job), &RowInterleaving.Compute, &job);
                    some.Rows = interleaved;
                }

                TorchThreads.Run(Divide(ref some), &Compute, &some);
            }
        }
        finally
        {
            NativeMemory.AlignedFree(interleaved);
        }
    }

    /// <summary>A supported product, as declared in brain_float_product.h.</summary>
    internal struct Product
    {
        public ushort* Rows;
        public ushort* Weight;
        public sbyte* Codes;
        public float* Scale;
        public ushort* Bias;
        public ushort* Result;
        public long Count;
        public long Width;
        public long Outputs;
        public long OutputsOfPart;
    }
}
