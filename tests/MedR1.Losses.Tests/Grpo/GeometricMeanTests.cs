using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>GMPO: the geometric mean of a completion's clipped ratios.</summary>
public sealed class GeometricMeanTests
{
    // Two rows of two tokens, logarithms of ratios (1, −1) and (0.2, masked), clip 0.4. A > 0 clips only above: (0.4 − 1) / 2 = −0.3. A < 0
    // clips only below: (1 − 0.4) / 2 = 0.3. The clipped token has no gradient, the other its half of the term.
    [Theory]
    [InlineData(2, -0.3, 0, 1)]
    [InlineData(-2, 0.3, 1, 0)]
    public void Only_the_side_that_would_go_too_far_is_clipped(double advantage, double mean, double first, double second)
    {
        using DisposeScope scope = NewDisposeScope();
        (double loss, double[] gradient) = Batches.Run(GrpoLossOptions.Gmpo, Inputs(advantage));
        double term = -advantage * Math.Exp(mean), other = -advantage * Math.Exp(0.2);
        Assert.Equal((term + other) / 2, loss, 14);
        Batches.Close([first * term / 4, second * term / 4, other / 2, 0], gradient, 1e-15);
    }

    // Of three tokens, one is clipped: half of the first row.
    [Theory]
    [InlineData(2, 0, 1, 0.5)]
    [InlineData(-2, 1, 0, 0)]
    public void Clipped_tokens_are_counted(double advantage, double low, double high, double most)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, LossMetric> metrics = new GrpoLoss(GrpoLossOptions.Gmpo).Compute(Inputs(advantage)).Metrics;
        Assert.Equal(new LossMetric(low, 3), metrics["clip_ratio/low_mean"]);
        Assert.Equal(new LossMetric(high, 3), metrics["clip_ratio/high_mean"]);
        Assert.Equal(new LossMetric(1, 3), metrics["clip_ratio/region_mean"]);
        Assert.Equal(new LossMetric(most, 2, LossMetricKind.Maximum), metrics["clip_ratio/high_max"]);
    }

    [Fact]
    public void The_bounds_may_differ()
    {
        // A > 0 and log ratios 1 and −1: (0.7 − 1) / 2; A < 0: (1 − 0.1) / 2.
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossOptions.Gmpo with { ClipLow = 0.1, ClipHigh = 0.7 };
        Assert.Equal((-2 * Math.Exp(-0.15) - 2 * Math.Exp(0.2)) / 2, Batches.Run(options, Inputs(2)).Loss, 14);
        Assert.Equal((2 * Math.Exp(0.45) + 2 * Math.Exp(0.2)) / 2, Batches.Run(options, Inputs(-2)).Loss, 14);
    }

    [Fact]
    public void Without_clipping_it_is_the_ratio_of_whole_completions()
    {
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Batches.Random(3) with { SamplerLogProbabilities = null };
        (double loss, double[] gradient) = Batches.Run(GrpoLossOptions.Gmpo with { ClipLow = 99 }, inputs);
        (double expected, double[] each) = Batches.Run(GrpoLossOptions.Gspo with { ClipLow = 99, ClipHigh = 99 }, inputs);
        Assert.Equal(expected, loss, 14);
        Batches.Close(each, gradient, 1e-15);
    }

    private static PolicyLossInputs Inputs(double advantage) => new()
    {
        LogProbabilities = Batches.Matrix(new[,] { { 0.0, -2 }, { -0.8, 5 } }),
        OldLogProbabilities = Batches.Matrix(new[,] { { -1.0, -1 }, { -1, 7 } }),
        Mask = tensor(new long[,] { { 1, 1 }, { 1, 0 } }),
        Advantages = full(2, advantage, ScalarType.Float64),
    };
}
