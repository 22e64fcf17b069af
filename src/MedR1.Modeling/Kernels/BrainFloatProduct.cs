namespace MedR1.Modeling;

/// <summary>
/// <c>y = s · x Wᵀ + b</c> in bfloat16 for few rows, of weights that are bfloat16 or whole numbers of 8 bits, as they lie and
/// about as fast as the memory gives them. Sums are float32 and rounded once. Each output is summed in one order, whatever the
/// number of rows and threads: a row gets the same bits alone and in company.
/// </summary>
internal static unsafe class BrainFloatProduct
{
    /// <summary>Rows of a call of the kernel.</summary>
    public const int MostRows = 128;

    // Fixed by the kernel.
    private const int Columns = 32;
    private const int Outputs = 4;
    private const int MostOutputsOfPart = 128;

    // Small enough for threads to finish together, large enough for the kernel to be efficient.
    private const int WeightsOfPart = 3 << 14;
    private const int FewestOutputsOfPart = 16;

    /// <summary>Whether the machine can.</summary>
    public static bool IsSupported => NativeKernels.BrainFloatProduct is not null;

    /// <summary>
    /// Whether it is worth it for any number of rows. Where the processor multiplies bfloat16 by itself, more rows than
    /// <see cref="MostRows"/> are libtorch's, which lays the matrix out for it first; elsewhere libtorch multiplies number by number.
    /// </summary>
    public static bool TakesManyRows => IsSupported && !NativeKernels.HasBrainFloats;

    /// <summary>Whether a product is worth computing with the kernel, with more rows than it takes at a time in turns.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
    public static bool FitsInTurns(long count, long width, long outputs) =>
        count is > 0 and <= int.MaxValue && Fits(TakesManyRows ? 1 : count, width, outputs);

    /// <summary>Whether the kernel has such a product.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
    public static bool Fits(long count, long width, long outputs) =>
        IsSupported
        && count is > 0 and <= MostRows && width > 0 && width % Columns == 0 && outputs > 0 && outputs % Outputs == 0;

    /// <summary>Computes a product that fits, of weights in bfloat16, on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
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

    /// <summary>Computes a product that fits, of weights in 8 bits, on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="codes"><c>[outputs, width]</c></param>
    /// <param name="scale"><c>[outputs]</c>, by which sums are multiplied.</param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Width of a row.</param>
    /// <param name="outputs">Outputs.</param>
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

    /// <summary>How many parts a product has; sets what is in one.</summary>
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
        Product some = product;
        for (long row = 0; row < product.Count; row += MostRows)
        {
            some.Rows = product.Rows + (row * product.Width);
            some.Result = product.Result + (row * product.Outputs);
            some.Count = Math.Min(MostRows, product.Count - row);
            TorchThreads.Run(Divide(ref some), &Compute, &some);
        }
    }

    /// <summary>A product that fits, as brain_float_product.h declares it.</summary>
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
