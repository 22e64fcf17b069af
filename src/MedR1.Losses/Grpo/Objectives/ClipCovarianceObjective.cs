using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// The clipped surrogate, without the terms of a few tokens drawn at random from those whose covariance of advantage and log-probability is
/// within bounds and which are not clipped.
/// </summary>
internal sealed class ClipCovarianceObjective(ClipCovarianceOptions options, double low, double high) : TokenObjective
{
    private readonly ClippedSurrogateObjective _clipped = new(low, high, bound: null);

    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio) =>
        _clipped.Terms(batch, ratio, samplerRatio).FilledWhere(batch.Chosen_BT ??= Choose(batch, ratio), 0);

    public override void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow)
    {
        _clipped.AddMetrics(metrics, batch, ratio, perRow);
        AddFraction(metrics, LossMetricNames.CovarianceFraction, batch.Chosen_BT ??= Choose(batch, ratio), batch, perRow);
    }

    private Tensor Choose(PolicyBatch batch, Tensor ratio)
    {
        using IDisposable noGrad = no_grad();
        Tensor covariance_BT = TokenCovariance.Of(batch);
        Tensor isClipped = _clipped.IsBelow(ratio, batch).logical_or(_clipped.IsAbove(ratio, batch));
        Tensor candidates_BT = covariance_BT.Above(options.Minimum).logical_and(covariance_BT.Below(options.Maximum))
            .logical_and(isClipped.logical_not());
        long[] places = [.. candidates_BT.reshape(-1).nonzero().reshape(-1).cpu().data<long>()];
        ulong state = (ulong)batch.Inputs.Seed!.Value;
        SplitMix64.Shuffle(
            places.AsSpan(), exclusiveMaximum => (int)(((UInt128)SplitMix64.Next(ref state) * (ulong)exclusiveMaximum) >> 64));
        Tensor chosen_N = tensor(places[..Math.Min(places.Length, TokenCovariance.CountOf(options.Fraction, batch))]);
        return TokenCovariance.MaskOf(chosen_N.to(batch.Active_BT.device), batch);
    }
}
