using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// A loss and its metrics. Disposing the result disposes the loss tensor, which the autograd graph does not need.
/// </summary>
/// <param name="Loss">
/// A differentiable scalar, already divided for gradient accumulation: call <c>backward</c> for one micro-batch after another.
/// </param>
/// <param name="Metrics">
/// Metrics by name, each with its weight, so that the metrics of several micro-batches combine exactly
/// (<see cref="LossMetricAccumulator"/>). docs/algorithms/grpo.md describes each metric and its denominator.
/// </param>
public sealed record PolicyLossResult(Tensor Loss, IReadOnlyDictionary<string, LossMetric> Metrics) : IDisposable
{
    /// <summary>
    /// The entropies, in nats, of the tokens that an entropy bonus acts on, for <see cref="AdaptiveEntropyCoefficient.Observe"/>.
    /// Differs from <c>entropy</c> in <see cref="Metrics"/> if the loss uses only the tokens with the highest entropy.
    /// </summary>
    /// <value>The default is <see langword="null"/>: no entropies were given, or the loss does not report this.</value>
    public LossMetric? BonusEntropy { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Loss.Dispose();
}
