using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415). On the CPU it is computed in one pass, and the result for a
/// number does not depend on the others, bit for bit: in float32, and without gradient also in bfloat16, there with one rounding.
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
        return Own<GeluFunction>(input) ?? nn.functional.gelu(input);
    }

    /// <summary>The approximation <c>x · sigmoid(1.702 x)</c>, as in CLIP and Qwen2-VL's tower.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Quick(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (Own<QuickGeluFunction>(input) is { } result)
        {
            return result;
        }

        using Tensor scaled = input.Times(QuickFactor);
        using Tensor gate = scaled.sigmoid();
        return input * gate;
    }

    private static Tensor? Own<TFunction>(Tensor input)
        where TFunction : IDifferentiableFunction
    {
        if (VectorMap<TFunction>.Fits(input))
        {
            return VectorMap<TFunction>.Apply(input, input);
        }

        return ActivationFunction<TFunction>.Fits(input, input) ? ActivationFunction<TFunction>.Apply(input) : null;
    }
}
