using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling;

/// <summary>The gate of a SwiGLU layer (Shazeer 2020, equation 6).</summary>
public static unsafe class GatedActivation
{
    /// <summary>
    /// <c>silu(gate) · up</c>. Without gradient in float32 on the CPU a row does not depend on the others, bit for bit.
    /// </summary>
    /// <param name="gate"><c>[…, n]</c></param>
    /// <param name="up"><c>[…, n]</c></param>
    /// <returns><c>[…, n]</c></returns>
    public static Tensor Apply(Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        if (is_grad_enabled() || gate.device_type != DeviceType.CPU || gate.dtype != ScalarType.Float32
            || up.dtype != ScalarType.Float32 || !gate.is_contiguous() || !up.is_contiguous()
            || gate.numel() != up.numel())
        {
            using Tensor open = nn.functional.silu(gate);
            return open * up;
        }

        Tensor result = empty_like(gate);
        VectorMap<GateFunction>.Apply(
            (float*)TensorMemory.AddressOf(gate), (float*)TensorMemory.AddressOf(up),
            (float*)TensorMemory.AddressOf(result), gate.numel());
        GC.KeepAlive(gate);
        GC.KeepAlive(up);
        return result;
    }
}
