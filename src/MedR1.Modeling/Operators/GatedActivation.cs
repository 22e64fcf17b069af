using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The gate of a SwiGLU layer (Shazeer 2020, equation 6).</summary>
public static class GatedActivation
{
    /// <summary>
    /// <c>silu(gate) · up</c>. Without gradient on the CPU it is computed in one pass, in bfloat16 with one rounding, and each
    /// row is independent of the others, bit for bit.
    /// </summary>
    /// <param name="gate"><c>[…, n]</c></param>
    /// <param name="up"><c>[…, n]</c></param>
    /// <returns><c>[…, n]</c></returns>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        if (VectorMap<GateFunction>.Fits(gate) && VectorMap<GateFunction>.Fits(up) && gate.dtype == up.dtype
            && gate.numel() == up.numel())
        {
            return VectorMap<GateFunction>.Apply(gate, up);
        }

        if (CudaOperators.Gate(gate, up) is { } result)
        {
            return result;
        }

        using Tensor open = nn.functional.silu(gate);
        return open * up;
    }
}
