using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Selects the most likely token.</summary>
internal sealed class GreedySelector : ITokenSelector
{
    /// <inheritdoc/>
    public bool IsRandom => false;

    /// <inheritdoc/>
    public Tensor Select(Tensor logits, double[] uniforms) => logits.argmax(1);
}
