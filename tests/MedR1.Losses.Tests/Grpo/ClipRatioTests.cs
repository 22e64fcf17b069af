using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Fractions of clipped tokens and completions.</summary>
public sealed class ClipRatioTests
{
    // Two tokens per row, the third row empty: ratios (½, ½), (½, 1). With A = −1 three of four tokens are clipped below, all of the
    // first row and half of the second; with A = 1 none is.
    [Theory]
    [InlineData(-1, 0.75, 0.5)]
    [InlineData(1, 0, 0)]
    public void Tokens_are_clipped_below_where_they_would_be_pushed_down(double advantage, double mean, double least)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, LossMetric> metrics = Metrics(ImportanceSamplingLevel.Token, 0.5, advantage);
        Assert.Equal(new LossMetric(4 * mean, 4), metrics["clip_ratio/low_mean"]);
        Assert.Equal(new LossMetric(least, 2, LossMetricKind.Minimum), metrics["clip_ratio/low_min"]);
        Assert.Equal(new LossMetric(0, 4), metrics["clip_ratio/high_mean"]);
        Assert.Equal(new LossMetric(0, 2, LossMetricKind.Maximum), metrics["clip_ratio/high_max"]);
        Assert.Equal(new LossMetric(4 * mean, 4), metrics["clip_ratio/region_mean"]);
    }

    // The same with ratios (2, 2), (2, 1), clipped above.
    [Theory]
    [InlineData(1, 0.75, 1)]
    [InlineData(-1, 0, 0)]
    public void Tokens_are_clipped_above_where_they_would_be_pushed_up(double advantage, double mean, double most)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, LossMetric> metrics = Metrics(ImportanceSamplingLevel.Token, 2, advantage);
        Assert.Equal(new LossMetric(4 * mean, 4), metrics["clip_ratio/high_mean"]);
        Assert.Equal(new LossMetric(most, 2, LossMetricKind.Maximum), metrics["clip_ratio/high_max"]);
        Assert.Equal(new LossMetric(0, 4), metrics["clip_ratio/low_mean"]);
        Assert.Equal(new LossMetric(0, 2, LossMetricKind.Minimum), metrics["clip_ratio/low_min"]);
    }

    [Fact]
    public void Empty_completions_count_if_whole_completions_are_clipped()
    {
        // Ratios ½ and √½ = 0.71, both below 0.8, and 1 for the empty one.
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, LossMetric> metrics = Metrics(ImportanceSamplingLevel.Sequence, 0.5, -1);
        Assert.Equal(new LossMetric(2, 3), metrics["clip_ratio/low_mean"]);
        Assert.Equal(new LossMetric(0, 3, LossMetricKind.Minimum), metrics["clip_ratio/low_min"]);
        Assert.Equal(new LossMetric(2, 3), metrics["clip_ratio/region_mean"]);
    }

    // One row of two tokens, ratio 1, A = 1 and 3. Token level: −A / 2; the term of the completion's ratio is shared: −(1 + 3) / 2 / 2.
    [Theory]
    [InlineData(ImportanceSamplingLevel.SequenceToken, -0.5, -1.5)]
    [InlineData(ImportanceSamplingLevel.Sequence, -1, -1)]
    public void The_level_determines_whether_tokens_share_their_advantages(ImportanceSamplingLevel level, double first, double second)
    {
        using DisposeScope scope = NewDisposeScope();
        (double loss, double[] gradient) = Batches.Run(
            new GrpoLossOptions { ImportanceSamplingLevel = level, Normalization = LossNormalization.CompletionMean },
            new PolicyLossInputs
            {
                LogProbabilities = zeros(1, 2, ScalarType.Float64),
                Mask = ones(1, 2),
                Advantages = Batches.Matrix(new[,] { { 1.0, 3 } }),
            });
        Assert.Equal(-2, loss, 14);
        Batches.Close([first, second], gradient, 1e-14);
    }

    private static IReadOnlyDictionary<string, LossMetric> Metrics(ImportanceSamplingLevel level, double ratio, double advantage)
    {
        double log = Math.Log(ratio);
        return new GrpoLoss(new GrpoLossOptions { ImportanceSamplingLevel = level }).Compute(new PolicyLossInputs
        {
            LogProbabilities = Batches.Matrix(new[,] { { log, log }, { log, 0 }, { log, log } }),
            OldLogProbabilities = zeros(3, 2, ScalarType.Float64),
            Mask = tensor(new long[,] { { 1, 1 }, { 1, 1 }, { 0, 0 } }),
            Advantages = full(3, advantage, ScalarType.Float64),
        }).Metrics;
    }
}
