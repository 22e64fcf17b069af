using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// Products without gradient by a kernel that widens the weights on their way into the processor. In bfloat16 sums are
/// float32 and rounded once.
/// </summary>
internal static unsafe class QuantizedProduct
{
    // In bfloat16 the processor multiplies more rows faster in that type, once the weights are widened for all of them.
    private const long MostBrainFloatRows = 16;

    /// <summary>Whether the kernel serves.</summary>
    public static bool Fits(Tensor input, QuantizedWeight weight, Tensor? bias) =>
        !is_grad_enabled()
        && input.device_type == DeviceType.CPU
        && weight.Codes.device_type == DeviceType.CPU
        && input.shape[^1] == weight.Width
        && (bias is null || bias.dtype == input.dtype)
        && (input.dtype == ScalarType.Float32
            || (input.dtype == ScalarType.BFloat16 && input.numel() <= MostBrainFloatRows * weight.Width));

    /// <summary><c>y = x Wᵀ + b</c>; temporaries go to the current dispose scope.</summary>
    public static Tensor Multiply(Tensor input, QuantizedWeight weight, Tensor? bias)
    {
        Tensor rows = input.to(ScalarType.Float32).contiguous();
        Tensor? added = bias?.to(ScalarType.Float32).contiguous();
        Tensor result = empty([.. input.shape[..^1], weight.Rows], dtype: ScalarType.Float32);
        if (rows.numel() > 0)
        {
            FloatProduct.Multiply(
                (float*)TensorMemory.AddressOf(rows), (sbyte*)TensorMemory.AddressOf(weight.Codes),
                (float*)TensorMemory.AddressOf(weight.Scale),
                added is null ? null : (float*)TensorMemory.AddressOf(added), (float*)TensorMemory.AddressOf(result),
                (int)(rows.numel() / weight.Width), (int)weight.Width, (int)weight.Rows);
        }

        GC.KeepAlive(weight);
        return result.to(input.dtype);
    }
}
