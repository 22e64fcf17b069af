using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// A loss and what was measured along the way. Disposing it disposes the loss tensor, which the autograd graph itself does not
/// need.
/// </summary>
/// <param name="Loss">
/// A differentiable scalar, divided for accumulation: micro-batches call <c>backward</c> one after another.
/// </param>
/// <param name="Metrics">
/// Measurements by name, each with its weight, so that those of several micro-batches combine exactly
/// (<see cref="LossMetricAccumulator"/>). docs/algorithms/grpo.md says what each one is and what its denominator is.
/// </param>
public sealed record PolicyLossResult(Tensor Loss, IReadOnlyDictionary<string, LossMetric> Metrics) : IDisposable
{
    /// <summary>
    /// The entropies of the tokens that an entropy bonus acts on, in nats, for <see cref="AdaptiveEntropyCoefficient.Observe"/>:
    /// not those of <c>entropy</c> in <see cref="Metrics"/> if the loss uses only the tokens with the highest entropy.
    /// </summary>
    /// <value>The default is <see langword="null"/>: there were no entropies, or the loss does not report this.</value>
    public LossMetric? BonusEntropy { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Loss.Dispose();
}
