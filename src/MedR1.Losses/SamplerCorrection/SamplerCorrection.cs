using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Importance ratios of the trainer's old policy to the sampler that drew the completions ("Your efficient RL framework
/// secretly brings you off-policy RL training", Yao et al. 2025). Suffixes: B rows, T tokens.
/// </summary>
public static class SamplerCorrection
{
    /// <summary>Computes the ratios. Tokens that the sampler did not score (NaN) get the ratio 1.</summary>
    /// <param name="oldLogProbabilities"><c>[B, T]</c> under the trainer before the update.</param>
    /// <param name="samplerLogProbabilities"><c>[B, T]</c> as the sampler reported them.</param>
    /// <param name="mask"><c>[B, T]</c> nonzero where a token takes part.</param>
    /// <param name="options">Mode and bounds.</param>
    /// <returns><c>[B, T]</c>, or <c>[B, 1]</c> in the sequence modes; without gradient; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static Tensor Ratio(
        Tensor oldLogProbabilities, Tensor samplerLogProbabilities, Tensor mask, SamplerCorrectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(oldLogProbabilities);
        ArgumentNullException.ThrowIfNull(samplerLogProbabilities);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(options);
        Guard.Matrix(oldLogProbabilities, nameof(oldLogProbabilities));
        Guard.SameShape(
            samplerLogProbabilities, oldLogProbabilities, nameof(samplerLogProbabilities), nameof(oldLogProbabilities));
        Guard.SameShape(mask, oldLogProbabilities, nameof(mask), nameof(oldLogProbabilities));
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor difference_BT = Difference(
            oldLogProbabilities, samplerLogProbabilities, mask.to(ScalarType.Bool), out _);
        return Bound(difference_BT, options).MoveToOuterDisposeScope();
    }

    internal static bool IsOfSequences(SamplerCorrectionMode mode) =>
        mode is SamplerCorrectionMode.SequenceTruncate or SamplerCorrectionMode.SequenceMask;

    /// <summary>old − sampler at scored active tokens, 0 elsewhere.</summary>
    internal static Tensor Difference(Tensor old_BT, Tensor sampler_BT, Tensor active_BT, out Tensor scored_BT)
    {
        scored_BT = active_BT.logical_and(sampler_BT.isnan().logical_not());
        return (old_BT - sampler_BT).FilledWhere(scored_BT.logical_not(), 0);
    }

    internal static Tensor Bound(Tensor difference_BT, SamplerCorrectionOptions options)
    {
        Tensor ratio = (IsOfSequences(options.Mode) ? difference_BT.sum(1, keepdim: true) : difference_BT).exp();
        if (options.Mode is SamplerCorrectionMode.TokenTruncate or SamplerCorrectionMode.SequenceTruncate)
        {
            return options.MinRatio is null && options.MaxRatio is null
                ? ratio : ratio.Limited(options.MinRatio, options.MaxRatio);
        }

        Tensor outside = ratio.Above(options.MaxRatio ?? double.PositiveInfinity);
        if (options.MinRatio is double floor)
        {
            outside = outside.logical_or(ratio.Below(floor));
        }

        return ratio.FilledWhere(outside, 0);
    }

    internal static void AddMetrics(
        MetricCollector metrics,
        Tensor difference_BT,
        Tensor scored_BT,
        Tensor active_BT,
        Tensor? ratio,
        bool ofSequences)
    {
        Tensor distance_BT = difference_BT.abs();
        metrics.Add(LossMetricNames.SamplerLogProbabilityDifference, distance_BT.sum(), scored_BT.sum());
        metrics.AddExtreme(LossMetricNames.MaxSamplerLogProbabilityDifference, distance_BT, scored_BT, LossMetricKind.Maximum);
        if (ratio is null)
        {
            return;
        }

        // A sequence ratio is measured over rows, including empty ones; a token ratio over active tokens.
        Tensor counts = ofSequences ? ones_like(ratio, ScalarType.Bool) : active_BT;
        metrics.AddExtreme(LossMetricNames.MinSamplerRatio, ratio, counts, LossMetricKind.Minimum);
        Tensor counted = ratio.FilledWhere(counts.logical_not(), 0);
        metrics.Add(LossMetricNames.SamplerRatio, counted.sum(), counts.sum());
        metrics.AddExtreme(LossMetricNames.MaxSamplerRatio, ratio, counts, LossMetricKind.Maximum);
    }
}
