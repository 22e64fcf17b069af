using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Frequencies of the tower's two-dimensional rotary embedding: half of a head's pairs turn with the row, half with the
/// column. They stay float32 whatever the type of the network; that is why this is no module.
/// </summary>
internal sealed class VisionRotary(Qwen2VLVisionConfiguration vision, Device device) : IDisposable
{
    /// <summary><c>[d / 4]</c> float32.</summary>
    public Tensor Frequencies { get; } =
        InverseFrequencies.Compute(vision.RotaryBase, vision.HeadSize / 2, device).DetachFromDisposeScope();

    public void Dispose() => Frequencies.Dispose();
}
