using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// −A·exp(mean over the tokens of d) for each completion, where d = log r is at most high if A > 0, and otherwise at least −low.
/// </summary>
internal sealed class GeometricMeanObjective(double low, double high) : TokenObjective
{
    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio)
    {
        // 0 at masked positions, so the sum needs no mask.
        Tensor difference_BT = batch.LogProbabilities_BT - batch.Old_BT;
        Tensor clipped_BT = where(batch.Advantages.Above(0), difference_BT.Limited(most: high), difference_BT.Limited(least: -low));
        Tensor mean_B1 = clipped_BT.sum(1, keepdim: true) / batch.Tokens_B.Limited(least: 1).unsqueeze(1);
        return (mean_B1.exp() * batch.Advantages).neg();
    }

    public override void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow)
    {
        Tensor difference_BT = batch.LogProbabilities_BT - batch.Old_BT;
        AddClipRatios(
            metrics, difference_BT.Below(-low).logical_and(batch.Advantages.Below(0)),
            difference_BT.Above(high).logical_and(batch.Advantages.Above(0)), batch, perRow);
    }
}
