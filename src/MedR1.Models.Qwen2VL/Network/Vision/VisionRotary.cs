using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// The frequencies of the tower's two-dimensional rotary embedding: half of a head's pairs are rotated by the row, half by the
/// column. They stay float32 regardless of the network's data type, which is why this class is not a module.
/// </summary>
internal sealed class VisionRotary(Qwen2VLVisionConfiguration vision, Device device) : IDisposable
{
    /// <summary><c>[d / 4]</c> float32.</summary>
    public Tensor Frequencies { get; } =
        InverseFrequencies.Compute(vision.RotaryBase, vision.HeadSize / 2, device).DetachFromDisposeScope();

    public void Dispose() => Frequencies.Dispose();
}
