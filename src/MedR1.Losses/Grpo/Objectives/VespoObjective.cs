using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// −φ(w)·A·ℓ with φ(w) = exp(λ + k·log w − λ·w), w the product of the completion's ratios, including the sampler's.
/// </summary>
internal sealed class VespoObjective(VespoOptions options) : TokenObjective
{
    // Bounds from the reference implementation: they keep exp from over- or underflowing, and the weight from growing without
    // limit.
    private const double LargestLogRatio = 20;
    private const double SmallestDecay = 1e-4;
    private static readonly double SmallestLogWeight = Math.Log(1e-8);

    public override bool AppliesSamplerRatio => true;

    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio) =>
        (Weight(batch, samplerRatio) * batch.Advantages * batch.LogProbabilities_BT).neg();

    /// <summary>The weight φ, <c>[B, 1]</c>, without gradient.</summary>
    public Tensor Weight(PolicyBatch batch, Tensor? samplerRatio)
    {
        Tensor difference_BT = (batch.LogProbabilities_BT.detach() - batch.Old_BT)
            .Limited(-LargestLogRatio, LargestLogRatio);
        Tensor sum_B1 = difference_BT.sum(1, keepdim: true);
        if (samplerRatio is not null)
        {
            Tensor sampler = samplerRatio.log().Limited(SmallestLogWeight, LargestLogRatio);
            sum_B1 = sum_B1.Plus(sampler.sum(1, keepdim: true));
        }

        Tensor logWeight_B1 = sum_B1.Limited(SmallestLogWeight, LargestLogRatio);
        Tensor positive_B1 = batch.Advantages.AtLeast(0);
        Tensor power_B1 = Choose(positive_B1, logWeight_B1, options.PositivePower, options.NegativePower);
        Tensor decay_B1 = Choose(
            positive_B1, logWeight_B1,
            Math.Max(options.PositiveDecay, SmallestDecay), Math.Max(options.NegativeDecay, SmallestDecay));
        Tensor growth_B1 = decay_B1.Plus(power_B1 * logWeight_B1);
        Tensor weight_B1 = (growth_B1 - decay_B1 * logWeight_B1.exp()).exp();
        return weight_B1.nan_to_num(0, 0, 0);
    }

    private static Tensor Choose(Tensor condition, Tensor like, double yes, double no)
    {
        using Scalar first = yes.ToScalar();
        using Scalar second = no.ToScalar();
        return where(condition, full_like(like, first), full_like(like, second));
    }
}
