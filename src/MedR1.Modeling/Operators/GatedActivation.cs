using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The gate of a SwiGLU layer (Shazeer 2020, equation 6).</summary>
public static class GatedActivation
{
    /// <summary>
    /// Computes <c>silu(gate) · up</c>. On the CPU it takes one pass, and each row is independent of the other rows, bit for bit, in
    /// float32 and, without gradient, in bfloat16, where the result is rounded once.
    /// </summary>
    /// <param name="gate"><c>[…, n]</c></param>
    /// <param name="up"><c>[…, n]</c></param>
    /// <returns><c>[…, n]</c></returns>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        if (VectorMap<GateFunction>.Fits(gate) && VectorMap<GateFunction>.Fits(up) && gate.dtype == up.dtype
            && gate.shape.AsSpan().SequenceEqual(up.shape))
        {
            return VectorMap<GateFunction>.Apply(gate, up);
        }

        if (ActivationFunction<GateFunction>.Fits(gate, up))
        {
            return ActivationFunction<GateFunction>.Apply(gate, up);
        }

        if (CudaOperators.Gate(gate, up) is { } result)
        {
            return result;
        }

        using Tensor open = nn.functional.silu(gate);
        return open * up;
    }
}
