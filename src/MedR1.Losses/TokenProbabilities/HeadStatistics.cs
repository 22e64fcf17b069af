using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>The statistics of one pass over the vocabulary, <c>[N]</c> each, without gradient.</summary>
/// <param name="LogSumExp">log Σ exp of the scaled logits.</param>
/// <param name="LogProbabilities">The log-probabilities of the chosen tokens.</param>
/// <param name="Entropies">The entropies of the distributions.</param>
/// <param name="LogSumSquares">log Σ p², if requested.</param>
/// <param name="MeanLogits">The mean scaled logit, if requested.</param>
/// <param name="IsTop1">Whether the chosen token is the first maximum, if requested.</param>
internal sealed record HeadStatistics(
    Tensor LogSumExp,
    Tensor LogProbabilities,
    Tensor Entropies,
    Tensor? LogSumSquares,
    Tensor? MeanLogits,
    Tensor? IsTop1)
{
    /// <summary>Applies a function to each statistic that is returned to the caller.</summary>
    public HeadStatistics Spread(Func<Tensor, Tensor> spread) => this with
    {
        LogProbabilities = spread(LogProbabilities),
        Entropies = spread(Entropies),
        LogSumSquares = LogSumSquares is null ? null : spread(LogSumSquares),
        MeanLogits = MeanLogits is null ? null : spread(MeanLogits),
        IsTop1 = IsTop1 is null ? null : spread(IsTop1),
    };
}
