using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>−min(min(r, bound)·A, clamp(r, 1−low, 1+high)·A).</summary>
internal sealed class ClippedSurrogateObjective(double low, double high, double? bound) : TokenObjective
{
    public override Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio)
    {
        Tensor free = Bounded(ratio) * batch.Advantages;
        Tensor clipped = ratio.Limited(1 - low, 1 + high) * batch.Advantages;
        return minimum(free, clipped).neg();
    }

    public override void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow)
    {
        AddClipRatios(metrics, IsBelow(ratio, batch), IsAbove(ratio, batch), batch, perRow);
    }

    /// <summary>Where the lower bound takes effect.</summary>
    public Tensor IsBelow(Tensor ratio, PolicyBatch batch) => Bounded(ratio).Below(1 - low).logical_and(batch.Advantages.Below(0));

    /// <summary>Where the upper bound takes effect.</summary>
    public Tensor IsAbove(Tensor ratio, PolicyBatch batch) => Bounded(ratio).Above(1 + high).logical_and(batch.Advantages.Above(0));

    private Tensor Bounded(Tensor ratio) => bound is double most ? ratio.Limited(most: most) : ratio;
}
