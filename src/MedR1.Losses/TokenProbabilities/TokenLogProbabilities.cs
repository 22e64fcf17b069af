using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Log-probabilities and entropies of chosen tokens. The caller disposes it.</summary>
/// <param name="LogProbabilities">The tokens' log-probabilities, in the shape of their indices; carries the gradient.</param>
/// <param name="Entropies">Entropies of the distributions in nats, in the same shape; carries the gradient.</param>
public sealed record TokenLogProbabilities(Tensor LogProbabilities, Tensor Entropies) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        LogProbabilities.Dispose();
        Entropies.Dispose();
    }
}
