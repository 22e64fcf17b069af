using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>The token term of one <see cref="PolicyObjective"/>, and the metrics specific to it.</summary>
internal abstract class TokenObjective
{
    /// <summary>Whether the objective includes the sampler's ratio in its own weight.</summary>
    public virtual bool AppliesSamplerRatio => false;

    /// <summary>The terms to minimise: <c>[B, T]</c>, or <c>[B, 1]</c> with one per completion.</summary>
    public abstract Tensor Terms(PolicyBatch batch, Tensor ratio, Tensor? samplerRatio);

    /// <summary>Adds the objective's own metrics; called with gradients disabled.</summary>
    public virtual void AddMetrics(MetricCollector metrics, PolicyBatch batch, Tensor ratio, bool perRow)
    {
    }

    public static TokenObjective Create(GrpoLossOptions options) => options.Objective switch
    {
        PolicyObjective.ClippedSurrogate => new ClippedSurrogateObjective(
            options.ClipLow, options.ClipHigh ?? options.ClipLow, options.RatioBound),
        PolicyObjective.CispoAbsoluteCap => new CispoObjective(null, options.RatioCap),
        PolicyObjective.CispoTwoSided => new CispoObjective(
            1 - options.ClipLow, 1 + (options.ClipHigh ?? options.ClipLow)),
        PolicyObjective.Sapo => new SapoObjective(options.SapoGate),
        PolicyObjective.Vespo => new VespoObjective(options.VespoWeight),
        PolicyObjective.GeometricMean => new GeometricMeanObjective(options.ClipLow, options.ClipHigh ?? options.ClipLow),
        PolicyObjective.ClipCovariance => new ClipCovarianceObjective(
            options.ClipCovariance, options.ClipLow, options.ClipHigh ?? options.ClipLow),
        PolicyObjective.KlCovariance => new KlCovarianceObjective(options.KlCovariance),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Objective, "Unknown objective."),
    };

    /// <summary>
    /// Adds the fraction of active tokens, or of rows (including empty ones) if the ratio is per row, that are flagged.
    /// </summary>
    protected static void AddFraction(MetricCollector metrics, string name, Tensor flags, PolicyBatch batch, bool perRow)
    {
        Tensor sum = perRow ? flags.sum() : flags.logical_and(batch.Active_BT).sum();
        Tensor weight = perRow ? tensor((double)batch.Rows, ScalarType.Float64, flags.device) : batch.TokenCount;
        metrics.Add(name, sum, weight);
    }

    /// <summary>Adds the fractions of what is clipped at the lower and at the upper bound.</summary>
    protected static void AddClipRatios(MetricCollector metrics, Tensor below, Tensor above, PolicyBatch batch, bool perRow)
    {
        AddFraction(metrics, LossMetricNames.LowClipRatio, below, batch, perRow);
        AddFraction(metrics, LossMetricNames.HighClipRatio, above, batch, perRow);
        AddFraction(metrics, LossMetricNames.ClipRatio, below.logical_or(above), batch, perRow);
        Tensor counts_B = perRow ? ones_like(batch.Tokens_B, ScalarType.Bool) : batch.Tokens_B.Above(0);
        metrics.AddExtreme(LossMetricNames.MinLowClipRatio, RowFraction(below, batch, perRow), counts_B, LossMetricKind.Minimum);
        metrics.AddExtreme(LossMetricNames.MaxHighClipRatio, RowFraction(above, batch, perRow), counts_B, LossMetricKind.Maximum);
    }

    private static Tensor RowFraction(Tensor flags, PolicyBatch batch, bool perRow) => perRow
        ? flags.squeeze(1)
        : flags.logical_and(batch.Active_BT).sum(1) / batch.Tokens_B.Limited(least: 1);
}
