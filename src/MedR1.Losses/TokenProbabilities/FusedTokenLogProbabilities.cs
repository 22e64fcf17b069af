using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Token log-probabilities and entropies from <see cref="FusedLogProbabilities"/>, 0 in masked rows. The caller disposes the result
/// only after <c>backward</c>, because it also owns the gradients until libtorch has taken them over.
/// </summary>
public sealed class FusedTokenLogProbabilities : IDisposable
{
    private readonly HeadGradients? _gradients;

    internal FusedTokenLogProbabilities(HeadStatistics statistics, HeadGradients? gradients)
    {
        LogProbabilities = statistics.LogProbabilities;
        Entropies = statistics.Entropies;
        LogSumSquaredProbabilities = statistics.LogSumSquares;
        MeanLogits = statistics.MeanLogits;
        IsTop1 = statistics.IsTop1;
        _gradients = gradients;
    }

    /// <summary><c>[N]</c> log-probabilities of the tokens; carries the gradient.</summary>
    public Tensor LogProbabilities { get; }

    /// <summary><c>[N]</c> entropies of the distributions in nats; carries the gradient.</summary>
    public Tensor Entropies { get; }

    /// <summary><c>[N]</c> log Σ p², the negated Rényi entropy of order 2, without gradient; null if not requested.</summary>
    public Tensor? LogSumSquaredProbabilities { get; }

    /// <summary>
    /// <c>[N]</c> mean over the vocabulary of logits / temperature, excluding suppressed tokens, without gradient; null if not
    /// requested.
    /// </summary>
    public Tensor? MeanLogits { get; }

    /// <summary>
    /// <c>[N]</c> bool, whether the token is the most likely one, or the first of several equally likely ones; null if not
    /// requested.
    /// </summary>
    public Tensor? IsTop1 { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        LogProbabilities.Dispose();
        Entropies.Dispose();
        LogSumSquaredProbabilities?.Dispose();
        MeanLogits?.Dispose();
        IsTop1?.Dispose();
        _gradients?.Dispose();
    }
}
