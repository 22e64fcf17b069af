using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The linear map of all layers, by the fastest suitable kernel.</summary>
public static unsafe class LinearOperator
{
    // A product with a smaller matrix takes less time than starting threads.
    private const long FewestWeights = 1 << 17;

    /// <summary>
    /// Computes <c>y = x Wᵀ + b</c>. On the CPU it uses the library's own kernels. In float32, rows are independent of each other, bit
    /// for bit; on processors with AVX2 this includes products with gradients. In bfloat16 without gradient, products with few rows
    /// use a kernel that reads the weights at memory bandwidth. If libtorch's bfloat16 products are scalar, that kernel is used for any
    /// number of rows, and gradients are computed in float32. All kernels sum in float32 like libtorch, in a different order.
    /// </summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or <see langword="null"/> for none.</param>
    /// <returns><c>[…, output]</c></returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias = null) => Apply(input, weight, bias, null);

    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or <see langword="null"/> for none.</param>
    /// <param name="packed">The packed weights, or null if there are none.</param>
    internal static Tensor Apply(Tensor input, Tensor weight, Tensor? bias, PackedWeight? packed)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        if (weight.device_type != DeviceType.CPU || input.dtype != weight.dtype)
        {
            return nn.functional.linear(input, weight, bias);
        }

        if (is_grad_enabled())
        {
            bool isOurs = (FitsFloats(input, weight, bias) && LinearFunction.FitsFloats(input, weight, bias))
                || IsSlow(input, weight, bias);
            return isOurs ? LinearFunction.Apply(input, weight, bias) : nn.functional.linear(input, weight, bias);
        }

        long rows = input.numel() / Math.Max(1, input.shape[^1]);
        return packed is not null && rows >= PackedWeight.FewestRows ? packed.Multiply(input, bias)
            : FitsFloats(input, weight, bias) ? MultiplyFloats(input, weight, bias)
            : FitsBrainFloats(input, weight, bias, rows) ? MultiplyByKernel(input, weight, bias, (int)rows)
            : IsOneBrainFloatRow(input, weight, bias) ? MultiplyRow(input, weight, bias)
            : packed is not null ? packed.Multiply(input, bias)
            : IsSlow(input, weight, bias) ? WidenedProduct.Multiply(input, weight, bias)
            : nn.functional.linear(input, weight, bias);
    }

    // Whether this is a product with a large bfloat16 matrix on a processor for which libtorch's bfloat16 products are scalar. Arguments
    // that don't match are passed on to libtorch, which rejects them.
    private static bool IsSlow(Tensor input, Tensor weight, Tensor? bias) =>
        weight.numel() >= FewestWeights
        && WidenedProduct.Serves(weight.dtype, weight.device_type)
        && Match(input, weight, bias);

    /// <summary>
    /// Computes the bfloat16 product if libtorch's is slow: without gradient, with sums in float32 that are rounded once.
    /// </summary>
    internal static Tensor MultiplyBrainFloats(Tensor input, Tensor weight, Tensor? bias)
    {
        long rows = input.numel() / Math.Max(1, input.shape[^1]);
        return FitsBrainFloats(input, weight, bias, rows)
            ? MultiplyByKernel(input, weight, bias, (int)rows) : WidenedProduct.Multiply(input, weight, bias);
    }

    private static bool FitsFloats(Tensor input, Tensor weight, Tensor? bias) =>
        weight.dtype == ScalarType.Float32 && AreReadable(input, weight, bias);

    private static bool FitsBrainFloats(Tensor input, Tensor weight, Tensor? bias, long rows) =>
        weight.dtype == ScalarType.BFloat16
        && weight.numel() >= FewestWeights
        && AreReadable(input, weight, bias)
        && BrainFloatProduct.FitsInTurns(rows, weight.shape[1], weight.shape[0]);

    private static bool IsOneBrainFloatRow(Tensor input, Tensor weight, Tensor? bias) =>
        weight.dtype == ScalarType.BFloat16
        && BrainFloatRow.IsSupported
        && weight.numel() >= FewestWeights
        && AreReadable(input, weight, bias)
        && weight.shape[1] % BrainFloatRow.Block == 0
        && input.numel() == weight.shape[1];

    // Whether kernels, which read the arguments by their addresses, find everything there: a bias that is shorter than an output, which
    // libtorch repeats or rejects, would be read beyond its end.
    private static bool AreReadable(Tensor input, Tensor weight, Tensor? bias) =>
        weight.numel() > 0
        && weight.is_contiguous()
        && (bias is null || bias.is_contiguous())
        && Match(input, weight, bias);

    private static bool Match(Tensor input, Tensor weight, Tensor? bias) =>
        weight.dim() == 2
        && input.shape[^1] == weight.shape[1]
        && input.device_type == DeviceType.CPU
        && (bias is null || IsBias(bias, weight.dtype, weight.size(0)));

    /// <summary>Whether a tensor is a bias for a number of outputs on the CPU, in the data type of the product.</summary>
    internal static bool IsBias(Tensor bias, ScalarType type, long outputs) =>
        bias.dtype == type && bias.device_type == DeviceType.CPU && bias.dim() == 1 && bias.size(0) == outputs;

    /// <summary>Computes the float32 product, without gradient; weight and bias must be contiguous.</summary>
    internal static Tensor MultiplyFloats(Tensor input, Tensor weight, Tensor? bias)
    {
        int width = (int)weight.shape[1];
        int outputs = (int)weight.shape[0];
        using Tensor rows = input.contiguous();
        Tensor result = empty([.. input.shape[..^1], outputs], dtype: ScalarType.Float32, device: CPU);
        float* x = (float*)TensorMemory.AddressOf(rows), w = (float*)TensorMemory.AddressOf(weight);
        float* y = (float*)TensorMemory.AddressOf(result);
        float* b = bias is null ? null : (float*)TensorMemory.AddressOf(bias);
        int count = (int)(rows.numel() / width);
        if (count > 0 && TileProduct.IsSupported)
        {
            TileProduct.Multiply(x, false, w, true, y, count, outputs, width, b);
        }
        else if (count > 0)
        {
            FloatProduct.Multiply(x, w, null, b, y, count, width, outputs);
        }

        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return result;
    }

    private static Tensor MultiplyByKernel(Tensor input, Tensor weight, Tensor? bias, int count)
    {
        using Tensor rows = input.contiguous();
        Tensor result = empty([.. input.shape[..^1], weight.shape[0]], dtype: ScalarType.BFloat16, device: CPU);
        BrainFloatProduct.Multiply(
            (ushort*)TensorMemory.AddressOf(rows), (ushort*)TensorMemory.AddressOf(weight),
            bias is null ? null : (ushort*)TensorMemory.AddressOf(bias), (ushort*)TensorMemory.AddressOf(result),
            count, weight.shape[1], weight.shape[0]);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return result;
    }

    private static Tensor MultiplyRow(Tensor input, Tensor weight, Tensor? bias)
    {
        int width = (int)weight.shape[1];
        int outputs = (int)weight.shape[0];
        using Tensor row = input.contiguous();
        Tensor result = empty([.. input.shape[..^1], outputs], dtype: ScalarType.BFloat16, device: CPU);
        void* scratch = NativeMemory.AlignedAlloc((nuint)width * sizeof(float), 64);
        BrainFloatRow.Multiply(
            (ushort*)TensorMemory.AddressOf(row), (ushort*)TensorMemory.AddressOf(weight),
            bias is null ? null : (ushort*)TensorMemory.AddressOf(bias), (ushort*)TensorMemory.AddressOf(result),
            (float*)scratch, width, outputs);
        NativeMemory.AlignedFree(scratch);
        GC.KeepAlive(weight);
        GC.KeepAlive(bias);
        return result;
    }
}
