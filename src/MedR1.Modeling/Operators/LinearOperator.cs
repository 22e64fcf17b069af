using System.Runtime.InteropServices;

using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The linear map of all layers, by the fastest way that fits.</summary>
public static unsafe class LinearOperator
{
    // Below this a product is over before threads have started.
    private const long FewestWeights = 1 << 17;

    /// <summary>
    /// <c>y = x Wᵀ + b</c>. One row in bfloat16 on the CPU without gradient, which is how one answer is decoded, goes
    /// through a product that reads the weights at the memory's pace; it sums in float32 like the general one, in
    /// another order.
    /// </summary>
    /// <param name="input"><c>[…, input]</c></param>
    /// <param name="weight"><c>[output, input]</c></param>
    /// <param name="bias"><c>[output]</c>, or <see langword="null"/> for none.</param>
    /// <returns><c>[…, output]</c></returns>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(weight);
        return IsOneRow(input, weight, bias) ? MultiplyRow(input, weight, bias) : nn.functional.linear(input, weight, bias);
    }

    // The cheap questions first: this stands before every product of the model.
    private static bool IsOneRow(Tensor input, Tensor weight, Tensor? bias) =>
        weight.dtype == ScalarType.BFloat16
        && weight.device_type == DeviceType.CPU
        && BrainFloatRow.IsSupported
        && !is_grad_enabled()
        && weight.numel() >= FewestWeights
        && weight.shape[1] % BrainFloatRow.Block == 0
        && input.numel() == weight.shape[1]
        && input.shape[^1] == weight.shape[1]
        && input.dtype == ScalarType.BFloat16
        && input.device_type == DeviceType.CPU
        && weight.is_contiguous()
        && (bias is null || (bias.dtype == ScalarType.BFloat16 && bias.is_contiguous()));

    private static Tensor MultiplyRow(Tensor input, Tensor weight, Tensor? bias)
    {
        int width = (int)weight.shape[1];
        int outputs = (int)weight.shape[0];
        using Tensor row = input.contiguous();
        Tensor result = empty([.. input.shape[..^1], outputs], dtype: ScalarType.BFloat16);
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
