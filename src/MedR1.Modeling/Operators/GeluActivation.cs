using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>
/// The Gaussian error linear unit (Hendrycks and Gimpel, arXiv 1606.08415). On the CPU it takes one pass, and each element is independent
/// of the other elements, bit for bit, in float32 and, without gradient, in bfloat16, where the result is rounded once.
/// </summary>
public static class GeluActivation
{
    internal const double QuickFactor = 1.702;

    /// <summary>Computes <c>x/2 · (1 + erf(x/√2))</c>.</summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Exact(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Own<GeluFunction>(input) ?? nn.functional.gelu(input);
    }

    /// <summary>Computes the approximation <c>x · sigmoid(1.702 x)</c>, as in CLIP and Qwen2-VL's tower.</summary>
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

    /// <summary>
    /// Computes the approximation <c>x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))</c>, the activation that transformers calls
    /// <c>gelu_pytorch_tanh</c>, as in the towers of SigLIP and Qwen3-VL.
    /// </summary>
    /// <param name="input">Any shape.</param>
    /// <returns>The same shape.</returns>
    public static Tensor Tanh(Tensor input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Own<TanhGeluFunction>(input) ?? nn.functional.gelu(input, GELU.Approximate.tanh);
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
