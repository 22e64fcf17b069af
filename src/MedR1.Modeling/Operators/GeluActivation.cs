using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415). Without gradient in float32 on the CPU what
/// it gives for a number does not depend on the others, bit for bit.
/// </summary>
public static unsafe class GeluActivation
{
    internal const double QuickFactor = 1.702;

    /// <summary><c>x/2 · (1 + erf(x/√2))</c></summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Exact(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Fits(input) ? Map<GeluFunction>(input) : nn.functional.gelu(input);
    }

    /// <summary>Its approximation <c>x · sigmoid(1.702 x)</c>, as in CLIP and Qwen2-VL's tower.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Quick(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Fits(input))
        {
            return Map<QuickGeluFunction>(input);
        }

        using Tensor scaled = input.Times(QuickFactor);
        using Tensor gate = scaled.sigmoid();
        return input * gate;
    }

    private static bool Fits(Tensor input) =>
        !is_grad_enabled() && input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32
        && input.is_contiguous();

    private static Tensor Map<TFunction>(Tensor input)
        where TFunction : IVectorFunction
    {
        Tensor result = empty_like(input);
        float* values = (float*)TensorMemory.AddressOf(input);
        VectorMap<TFunction>.Apply(values, values, (float*)TensorMemory.AddressOf(result), input.numel());
        GC.KeepAlive(input);
        return result;
    }
}
