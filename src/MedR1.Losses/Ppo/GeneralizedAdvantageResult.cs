using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>Advantages and returns of tokens, without gradient and 0 at masked positions. The caller disposes it.</summary>
/// <param name="Advantages"><c>[B, T]</c> the advantages, not whitened.</param>
/// <param name="Returns"><c>[B, T]</c> advantage + value: the value head's targets.</param>
public sealed record GeneralizedAdvantageResult(Tensor Advantages, Tensor Returns) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Advantages.Dispose();
        Returns.Dispose();
    }
}
