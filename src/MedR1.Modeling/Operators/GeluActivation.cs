using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415). Without gradient on the CPU it is computed in one
/// pass, in bfloat16 with one rounding, and the result for a number does not depend on the others, bit for bit.
/// </summary>
public static class GeluActivation
{
    internal const double QuickFactor = 1.702;

    /// <summary><c>x/2 · (1 + erf(x/√2))</c></summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Exact(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return VectorMap<GeluFunction>.Fits(input) ? VectorMap<GeluFunction>.Apply(input, input) : nn.functional.gelu(input);
    }

    /// <summary>The approximation <c>x · sigmoid(1.702 x)</c>, as in CLIP and Qwen2-VL's tower.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Quick(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (VectorMap<QuickGeluFunction>.Fits(input))
        {
            return VectorMap<QuickGeluFunction>.Apply(input, input);
        }

        using Tensor scaled = input.Times(QuickFactor);
        using Tensor gate = scaled.sigmoid();
        return input * gate;
    }
}
