namespace MedR1.Modeling;

/// <summary>
/// <c>y = x Wᵀ + b</c> in bfloat16 for few rows, from the weights as they lie, about as fast as the
/// memory gives them. Sums are float32 and rounded once. Each output is summed in one order, whatever the number of rows and
/// threads: a row gets the same bits alone and in company.
/// </summary>
internal static unsafe class BrainFloatProduct
{
    /// <summary>What the width of a row must be a multiple of.</summary>
    public const int Columns = 32;

    /// <summary>What the number of outputs must be a multiple of.</summary>
    public const int Outputs = 4;

    /// <summary>
    /// Rows up to which it is worth it: with more the processor sets the pace, and libtorch lays the matrix out for it first.
    /// </summary>
    public const int MostRows = 128;

    // Of the kernel.
    private const int MostOutputsOfPart = 128;

    // Small enough for threads to end together, large enough for the kernel to run.
    private const int WeightsOfPart = 3 << 14;
    private const int FewestOutputsOfPart = 16;

    /// <summary>Whether the machine can.</summary>
    public static bool IsSupported => NativeKernels.BrainFloatProduct != 0;

    /// <summary>Computes the product on libtorch's threads.</summary>
    /// <param name="rows"><c>[count, width]</c></param>
    /// <param name="weight"><c>[outputs, width]</c></param>
    /// <param name="bias"><c>[outputs]</c>, or null.</param>
    /// <param name="result"><c>[count, outputs]</c></param>
    /// <param name="count">Rows, at most <see cref="MostRows"/>.</param>
    /// <param name="width">A multiple of <see cref="Columns"/>.</param>
    /// <param name="outputs">A multiple of <see cref="Outputs"/>.</param>
    public static void Multiply(
        ushort* rows, ushort* weight, ushort* bias, ushort* result, int count, long width, long outputs)
    {
        long outputsOfPart = Math.Clamp(WeightsOfPart / width / Outputs * Outputs, FewestOutputsOfPart, MostOutputsOfPart);
        Product product = new()
        {
            Rows = rows,
            Weight = weight,
            Bias = bias,
            Result = result,
            Count = count,
            Width = width,
            Outputs = outputs,
            OutputsOfPart = outputsOfPart,
        };
        int parts = (int)((outputs + outputsOfPart - 1) / outputsOfPart);
        TorchThreads.Run(parts, &Compute, &product);
    }

    private static void Compute(void* product, int part) =>
        ((delegate* unmanaged[Cdecl]<void*, long, void>)NativeKernels.BrainFloatProduct)(product, part);

    // As brain_float_product.c declares it.
    private struct Product
    {
        public ushort* Rows;
        public ushort* Weight;
        public ushort* Bias;
        public ushort* Result;
        public long Count;
        public long Width;
        public long Outputs;
        public long OutputsOfPart;
    }
}
