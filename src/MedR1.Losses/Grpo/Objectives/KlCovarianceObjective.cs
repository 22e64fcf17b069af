using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>−r·A, and + β·|ℓ − ℓ_old| at the tokens whose covariance of advantage and log-probability is largest.</summary>
internal sealed class KlCovarianceObjective(KlCovarianceOptions options) : TokenObjective
{
    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio)
    {
        Tensor penalty_BT = (batch.LogProbabilities_BT - batch.Old_BT).abs().Times(options.Coefficient);
        return penalty_BT.FilledWhere((batch.Chosen_BT ??= Choose(batch)).logical_not(), 0) - ratio * batch.Advantages;
    }

    public override void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow) =>
        AddFraction(metrics, LossMetricNames.CovarianceFraction, batch.Chosen_BT ??= Choose(batch), batch, perRow: false);

    private Tensor Choose(PolicyBatch batch)
    {
        using IDisposable noGrad = no_grad();
        (_, Tensor places_N) = TokenCovariance.Of(batch).reshape(-1).topk(TokenCovariance.CountOf(options.Fraction, batch));
        return TokenCovariance.MaskOf(places_N, batch);
    }
}
