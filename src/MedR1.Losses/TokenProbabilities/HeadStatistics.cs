using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>What one pass over the vocabulary measures, <c>[N]</c> each, without gradient.</summary>
/// <param name="LogSumExp">log Σ exp of the scaled logits.</param>
/// <param name="LogProbabilities">Of the chosen tokens.</param>
/// <param name="Entropies">Of the distributions.</param>
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
    /// <summary>The figures for the caller, each passed through a function.</summary>
    public HeadStatistics Spread(Func<Tensor, Tensor> spread) => this with
    {
        LogProbabilities = spread(LogProbabilities),
        Entropies = spread(Entropies),
        LogSumSquares = LogSumSquares is null ? null : spread(LogSumSquares),
        MeanLogits = MeanLogits is null ? null : spread(MeanLogits),
        IsTop1 = IsTop1 is null ? null : spread(IsTop1),
    };
}
