using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Products without gradient by kernels that widen the weights in registers. In bfloat16, sums are accumulated in float32
/// and rounded once.
/// </summary>
internal static unsafe class QuantizedProduct
{
    // Without the bfloat16 kernel, it is faster for more rows than this to widen the weights once for all rows.
    private const long MostWidenedRows = 16;

    /// <summary>Whether a kernel supports the product and is faster than widening the weights first.</summary>
    public static bool Fits(Tensor input, QuantizedWeight weight, Tensor? bias) =>
        !is_grad_enabled()
        && input.device_type == DeviceType.CPU
        && weight.Codes.device_type == DeviceType.CPU
        && input.shape[^1] == weight.Width
        && (bias is null || LinearOperator.IsBias(bias, input.dtype, weight.Rows))
        && (input.dtype == ScalarType.Float32
            || (input.dtype == ScalarType.BFloat16
                && (FitsBrainFloats(input, weight) || input.numel() <= MostWidenedRows * weight.Width)));

    /// <summary>Computes <c>y = x Wᵀ + b</c>; temporaries go to the current dispose scope.</summary>
    public static Tensor Multiply(Tensor input, QuantizedWeight weight, Tensor? bias)
    {
        bool isBrainFloat = input.dtype == ScalarType.BFloat16 && FitsBrainFloats(input, weight);
        ScalarType type = isBrainFloat ? ScalarType.BFloat16 : ScalarType.Float32;
        Tensor rows = input.to(type).contiguous();
        Tensor? added = bias?.to(type).contiguous();
        Tensor result = empty([.. input.shape[..^1], weight.Rows], dtype: type, device: CPU);
        int count = (int)(rows.numel() / weight.Width);
        nint x = TensorMemory.AddressOf(rows), b = added is null ? 0 : TensorMemory.AddressOf(added);
        nint y = TensorMemory.AddressOf(result);
        sbyte* codes = (sbyte*)TensorMemory.AddressOf(weight.Codes);
        float* scale = (float*)TensorMemory.AddressOf(weight.Scale);
        if (isBrainFloat)
        {
            BrainFloatProduct.Multiply(
                (ushort*)x, codes, scale, (ushort*)b, (ushort*)y, count, weight.Width, weight.Rows);
        }
        else if (count > 0)
        {
            FloatProduct.Multiply(
                (float*)x, codes, scale, (float*)b, (float*)y, count, (int)weight.Width, (int)weight.Rows);
        }

        GC.KeepAlive(weight);
        return result.to(input.dtype);
    }

    private static bool FitsBrainFloats(Tensor input, QuantizedWeight weight) =>
        BrainFloatProduct.FitsInTurns(input.numel() / weight.Width, weight.Width, weight.Rows);
}
