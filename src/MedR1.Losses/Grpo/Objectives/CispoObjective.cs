using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>−sg(clamp(r, floor, cap))·A·ℓ; without a floor, only the cap applies.</summary>
internal sealed class CispoObjective(double? floor, double cap) : TokenObjective
{
    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio)
    {
        Tensor weight = ratio.detach().Limited(most: cap);
        weight = floor is double least ? weight.Limited(least) : weight;
        return (weight * batch.Advantages * batch.LogProbabilities_BT).neg();
    }

    public override void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow)
    {
        // With only the cap, TRL counts only tokens with a positive advantage; a two-sided clip counts both signs.
        Tensor moved = floor is double least
            ? ratio.Above(cap).logical_or(ratio.Below(least))
            : ratio.Above(cap).logical_and(batch.Advantages.Above(0));
        AddFraction(metrics, LossMetricNames.CispoClipRatio, moved, batch, perRow);
    }
}
