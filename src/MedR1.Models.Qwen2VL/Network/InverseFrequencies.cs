using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Rotary frequencies, <c>base^(−2j/d)</c>, computed by the same float32 operators as in the reference, because positions of
/// thousands amplify a difference in the last bit.
/// </summary>
internal static class InverseFrequencies
{
    /// <returns><c>[size / 2]</c> float32.</returns>
    public static Tensor Compute(double rotaryBase, int size, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor exponents = TensorArithmetic.CountTo(size / 2, CPU).Times(2L).to(ScalarType.Float32).DividedBy(size);
        Tensor powers = tensor((float)rotaryBase, device: CPU).pow(exponents);
        return powers.reciprocal().to(device).MoveToOuterDisposeScope();
    }
}
