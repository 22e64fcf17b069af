using static TorchSharp.torch;

namespace MedR1.Sampling;

/// <summary>
/// Draws by inverting the distribution function: the first token whose cumulated probability is above u. The sums are float64,
/// so that a vocabulary of 150,000 loses nothing, and a token of probability 0 is never drawn.
/// </summary>
public sealed class CategoricalSelector : ITokenSelector
{
    /// <inheritdoc/>
    public bool IsRandom => true;

    /// <inheritdoc/>
    public Tensor Select(Tensor logits, double[] uniforms)
    {
        ArgumentNullException.ThrowIfNull(uniforms);
        if (uniforms.Length != logits.shape[0])
        {
            throw new ArgumentException($"There are {logits.shape[0]} rows, but {uniforms.Length} numbers.", nameof(uniforms));
        }

        Tensor cumulated = logits.softmax(1).cumsum(1, ScalarType.Float64);
        Tensor total = cumulated.narrow(1, cumulated.shape[1] - 1, 1);
        Tensor target = tensor(uniforms, device: logits.device).unsqueeze(1) * total;

        // Sums that are NaN have no place; the last one stands in, so that no later operator indexes beyond the end.
        return searchsorted(cumulated, target, right: true).squeeze(1).clamp_max(cumulated.shape[1] - 1);
    }
}
