using MedR1.Losses;

namespace MedR1.Conformance.Tests;

public sealed class MicroBatchMeansTests
{
    [Fact]
    public void An_extreme_over_nothing_is_omitted_and_a_mean_over_nothing_is_0()
    {
        // All rows of the second micro-batch are truncated: TRL has NaN for the extreme, which log() drops, and 0 for the mean.
        Dictionary<string, double> means = MicroBatchMeans.Of(
        [
            Measured(new LossMetric(0.5, 4, LossMetricKind.Minimum), new LossMetric(6, 4)),
            Measured(new LossMetric(double.PositiveInfinity, 0, LossMetricKind.Minimum), new LossMetric(0, 0)),
            Measured(new LossMetric(0.25, 1, LossMetricKind.Minimum), new LossMetric(3, 1)),
        ]);
        Assert.Equal((0.5 + 0.25) / 2, means["clip_ratio/low_min"]);
        Assert.Equal((1.5 + 0 + 3) / 3, means["entropy"]);
    }

    [Fact]
    public void A_name_without_any_value_is_omitted()
    {
        LossMetric nothing = new(double.NegativeInfinity, 0, LossMetricKind.Maximum);
        Assert.Equal(["entropy"], MicroBatchMeans.Of([Measured(nothing, new LossMetric(1, 1))]).Keys);
    }

    private static Dictionary<string, LossMetric> Measured(LossMetric extreme, LossMetric mean) =>
        new() { ["clip_ratio/low_min"] = extreme, ["entropy"] = mean };
}
