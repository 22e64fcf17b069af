using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>Chooses a token in each row from logits that the processors have changed.</summary>
/// <remarks>Implementations are stateless, and are called without gradients inside a dispose scope.</remarks>
internal interface ITokenSelector
{
    /// <summary>Whether <see cref="Select"/> reads its uniform numbers.</summary>
    bool IsRandom { get; }

    /// <summary>Chooses a token for each row.</summary>
    /// <param name="logits"><c>[rows, V]</c> float32.</param>
    /// <param name="uniforms">A number between 0 and 1 for each row; empty if the selector isn't random.</param>
    /// <returns><c>[rows]</c> int64.</returns>
    Tensor Select(Tensor logits, double[] uniforms);
}
