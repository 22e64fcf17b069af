using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>The estimate of the KL divergence from the reference at each token.</summary>
internal static class PolicyKl
{
    public static Tensor Compute(GrpoLossOptions options, PolicyBatch batch, Tensor ratio)
    {
        Tensor difference_BT = batch.Reference_BT! - batch.LogProbabilities_BT;
        Tensor kl_BT = options.KlEstimator switch
        {
            KlEstimator.K1 => difference_BT.neg(),
            KlEstimator.K2 => difference_BT.ToPower(2).DividedBy(2),
            _ => (difference_BT.exp() - difference_BT).Minus(1),
        };
        return options.CorrectKlByRatio ? kl_BT * ratio : kl_BT;
    }
}
