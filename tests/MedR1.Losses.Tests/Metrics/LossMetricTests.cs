namespace MedR1.Losses.Tests;

public sealed class LossMetricTests
{
    [Fact]
    public void Means_of_micro_batches_combine_by_their_weights()
    {
        // 10 over 2 tokens and 2 over 8 tokens: 12/10, not the mean of 5 and 0.25.
        LossMetricAccumulator accumulator = new();
        accumulator.Add(Metrics(new(10, 2), new(0.5, 2, LossMetricKind.Minimum)));
        accumulator.Add(Metrics(new(2, 8), new(0.25, 2, LossMetricKind.Minimum)));
        accumulator.Add(Metrics(new(0, 0), new(0, 0, LossMetricKind.Minimum)));
        Assert.Equal(1.2, accumulator.Metrics["kl"].Value, 1e-15);
        Assert.Equal(0.25, accumulator.Metrics["low"].Value);
    }

    [Fact]
    public void A_metric_without_measurements_has_no_value()
    {
        LossMetricAccumulator accumulator = new();
        accumulator.Add(new Dictionary<string, LossMetric> { ["kl"] = new(0, 0) });
        Assert.True(double.IsNaN(accumulator.Metrics["kl"].Value));
        Assert.Empty(accumulator.ToValues());
    }

    [Theory]
    [InlineData(LossMetricKind.Mean)]
    [InlineData(LossMetricKind.Sum)]
    [InlineData(LossMetricKind.Minimum)]
    [InlineData(LossMetricKind.Maximum)]
    public void A_micro_batch_without_measurements_changes_nothing(LossMetricKind kind)
    {
        LossMetric nothing = new(7, 0, kind), some = new(3, 2, kind);
        Assert.Equal(double.NaN, nothing.Value);
        Assert.Equal(some, nothing.CombineWith(some));
        Assert.Equal(some, some.CombineWith(nothing));
        LossMetricAccumulator accumulator = new();
        accumulator.Add(new Dictionary<string, LossMetric> { ["nothing"] = nothing, ["some"] = some });
        Assert.Equal(new KeyValuePair<string, double>("some", kind == LossMetricKind.Mean ? 1.5 : 3), Assert.Single(accumulator.ToValues()));
    }

    [Fact]
    public void A_name_keeps_its_kind() => Assert.Throws<ArgumentException>(
        () => new LossMetric(1, 1).CombineWith(new LossMetric(1, 1, LossMetricKind.Maximum)));

    [Fact]
    public void Metrics_of_micro_batches_combine_to_those_of_the_whole()
    {
        using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
        PolicyLossInputs whole = Batches.Random(11, rows: 8);
        GrpoLoss loss = new(GrpoLossOptions.Intellect2);
        double tokens = whole.Mask.sum().item<long>();
        LossMetricAccumulator accumulator = new();
        foreach ((int from, int to) in new[] { (0, 3), (3, 4), (4, 8) })
        {
            accumulator.Add(loss.Compute(
                Batches.Slice(whole, from, to) with { TokensInStep = tokens, AccumulationSteps = 3 }).Metrics);
        }

        foreach ((string name, LossMetric metric) in loss.Compute(whole).Metrics)
        {
            Assert.Equal(metric.Value, accumulator.Metrics[name].Value, 1e-12);
        }
    }

    private static Dictionary<string, LossMetric> Metrics(LossMetric kl, LossMetric low) =>
        new() { ["kl"] = kl, ["low"] = low };
}
