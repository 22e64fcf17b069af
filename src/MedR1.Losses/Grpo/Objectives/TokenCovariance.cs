using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// (A − mean A)·(ℓ − mean ℓ) of each token, with the means over a micro-batch's active tokens: what a token contributes to the covariance
/// of advantage and log-probability, which lowers the entropy (arXiv 2505.22617).
/// </summary>
internal static class TokenCovariance
{
    /// <summary><c>[B, T]</c>, without gradient; −∞ at masked positions.</summary>
    public static Tensor Of(PolicyBatch batch)
    {
        using IDisposable noGrad = no_grad();
        Tensor tokens = batch.TokenCount.Limited(least: 1);
        Tensor advantages_BT = batch.Advantages * batch.Mask_BT;
        Tensor covariance_BT = (advantages_BT - advantages_BT.sum() / tokens)
            * (batch.LogProbabilities_BT - batch.LogProbabilities_BT.sum() / tokens);
        return covariance_BT.FilledWhere(batch.Padding_BT, double.NegativeInfinity);
    }

    /// <summary>The number of tokens that a fraction of the active ones is, rounded down, but at least one if there is any.</summary>
    public static int CountOf(double fraction, PolicyBatch batch)
    {
        double tokens = batch.TokenCount.ToDouble();
        return tokens == 0 ? 0 : (int)Math.Max(1, Math.Floor(fraction * tokens));
    }

    /// <summary><c>[B, T]</c> bool, true at the given places of the flattened batch.</summary>
    public static Tensor MaskOf(Tensor places_N, PolicyBatch batch) =>
        zeros(batch.Active_BT.numel(), ScalarType.Bool, batch.Active_BT.device).FilledAt(0, places_N, 1).reshape(batch.Active_BT.shape);
}
