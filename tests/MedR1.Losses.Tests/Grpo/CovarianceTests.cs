using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Clip-Cov and KL-Cov: tokens chosen by their covariance of advantage and log-probability.</summary>
public sealed class CovarianceTests
{
    private static readonly ClipCovarianceOptions s_all = new() { Fraction = 1 };

    // Advantages 3 and −1 of three tokens and one: mean 2. Log-probabilities −1, −2, −3 and −6: mean −3. Covariances 1 · 2, 1 · 1, 1 · 0 and
    // −3 · −3 = 9. A masked token would have 1 · 103.
    private static PolicyLossInputs Inputs(double[,]? old = null) => new()
    {
        LogProbabilities = Batches.Matrix(new[,] { { -1.0, -2, -3, 100 }, { -6, 100, 100, 100 } }),
        OldLogProbabilities = old is null ? null : Batches.Matrix(old),
        Mask = tensor(new long[,] { { 1, 1, 1, 0 }, { 1, 0, 0, 0 } }),
        Advantages = tensor([3.0, -1.0]),
        Seed = 1,
    };

    [Theory]
    [InlineData(1, 5, 0, 3, 3, -1)] // Above 1 and below 5 is only the 2.
    [InlineData(0, 5, 0, 0, 3, -1)] // 2 and 1, but not 0.
    [InlineData(-1, 10, 0, 0, 0, 0)] // All.
    [InlineData(1, 2, 3, 3, 3, -1)] // None: the 1 and the 2 are the bounds.
    [InlineData(5, 10, 3, 3, 3, 0)] // Only the 9.
    public void Clip_cov_leaves_out_tokens_within_bounds(
        double least, double most, double first, double second, double third, double fourth)
    {
        // On policy the gradient of a term is −A, divided by the four tokens.
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossOptions.ClipCov with { ClipCovariance = s_all with { Minimum = least, Maximum = most } };
        (double loss, double[] gradient) = Batches.Run(options, Inputs());
        double[] terms = [first, second, third, 0, fourth, 0, 0, 0];
        Assert.Equal(-terms.Sum() / 4, loss, 14);
        Batches.Close([.. terms.Select(term => -term / 4)], gradient, 1e-15);
        double left = terms.Count(term => term != 0);
        Assert.Equal(new LossMetric(4 - left, 4), new GrpoLoss(options).Compute(Inputs()).Metrics["covariance/chosen_ratio"]);
    }

    [Fact]
    public void Clip_cov_does_not_choose_a_token_that_is_clipped_anyway()
    {
        // The first token's ratio is e > 1.2 with A > 0: clipped to 1.2, without gradient. Without it no token has a covariance above 1.
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Inputs(new[,] { { -2.0, -2, -3, 0 }, { -6, 0, 0, 0 } });
        (double loss, double[] gradient) = Batches.Run(GrpoLossOptions.ClipCov with { ClipCovariance = s_all }, inputs);
        Assert.Equal(-(3.6 + 3 + 3 - 1) / 4, loss, 14);
        Batches.Close([0, -0.75, -0.75, 0, 0.25, 0, 0, 0], gradient, 1e-15);
    }

    [Fact]
    public void If_clip_cov_leaves_out_all_candidates_it_equals_the_formula_in_plain_numbers()
    {
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossOptions.ClipCov with { ClipCovariance = s_all with { Minimum = 0.1, Maximum = 2 } };
        for (int seed = 1; seed <= 5; seed++)
        {
            PolicyLossInputs inputs = Batches.Random(seed) with { SamplerLogProbabilities = null };
            Assert.Equal(new PlainLoss(inputs).Of("ClipCov"), Batches.Run(options, inputs).Loss, 1e-11);
            Assert.NotEqual(new PlainLoss(inputs).Of("Bnpo"), Batches.Run(options, inputs).Loss, 1e-3);
        }
    }

    [Fact]
    public void Clip_cov_draws_a_fraction_and_each_candidate_equally_often()
    {
        // Of four tokens, a fraction of 0.5 is two; the candidates are all four. Each pair of them is equally likely: a token is left out in
        // half of 4,000 draws, with a deviation of sqrt(4000 / 4) = 32; five of them are 160.
        using DisposeScope scope = NewDisposeScope();
        GrpoLossOptions options = GrpoLossOptions.ClipCov with { ClipCovariance = new() { Fraction = 0.5, Minimum = -1, Maximum = 10 } };
        int[] tokens = [0, 1, 2, 4];
        int[] counts = new int[4];
        for (int seed = 0; seed < 4000; seed++)
        {
            double[] gradient = Batches.Run(options, Inputs() with { Seed = seed }).Gradient;
            int[] left = [.. Enumerable.Range(0, 4).Where(token => gradient[tokens[token]] == 0)];
            Assert.Equal(2, left.Length);
            Array.ForEach(left, token => counts[token]++);
        }

        Assert.All(counts, count => Assert.InRange(count, 2000 - 160, 2000 + 160));
        Assert.Equal(Batches.Run(options, Inputs()).Gradient, Batches.Run(options, Inputs()).Gradient);
    }

    [Theory]
    [InlineData(1e-9, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.74, 2)]
    [InlineData(1, 4)]
    public void The_number_of_tokens_is_rounded_down_but_at_least_one(double fraction, int count)
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(new LossMetric(count, 4), new GrpoLoss(GrpoLossOptions.KlCov with { KlCovariance = new() { Fraction = fraction } })
            .Compute(Inputs()).Metrics["covariance/chosen_ratio"]);
        Assert.Equal(new LossMetric(count, 4), new GrpoLoss(GrpoLossOptions.ClipCov with
        {
            ClipCovariance = new() { Fraction = fraction, Minimum = -1, Maximum = 10 },
        }).Compute(Inputs()).Metrics["covariance/chosen_ratio"]);
    }

    [Fact]
    public void Kl_cov_penalises_the_tokens_with_the_largest_covariance()
    {
        // Two of four: the 9 of the last token and the 2 of the first. Log ratios 0.5, 0, 0 and −0.25; no term is clipped.
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs inputs = Inputs(new[,] { { -1.5, -2, -3, 0 }, { -5.75, 0, 0, 0 } });
        (double loss, double[] gradient) = Batches.Run(
            GrpoLossOptions.KlCov with { KlCovariance = new() { Fraction = 0.5, Coefficient = 0.1 } }, inputs);
        double first = -3 * Math.Exp(0.5), fourth = Math.Exp(-0.25);
        Assert.Equal((first + 0.05 - 3 - 3 + fourth + 0.025) / 4, loss, 13);
        Batches.Close([(first + 0.1) / 4, -0.75, -0.75, 0, (fourth - 0.1) / 4, 0, 0, 0], gradient, 1e-15);
    }

    [Fact]
    public void Each_token_may_have_its_own_advantage()
    {
        // Advantages 3, 3, 3 and −1, given by token.
        using DisposeScope scope = NewDisposeScope();
        PolicyLossInputs byToken = Inputs() with { Advantages = Batches.Matrix(new[,] { { 3.0, 3, 3, 9 }, { -1, 9, 9, 9 } }) };
        foreach (GrpoLossOptions options in (GrpoLossOptions[])[GrpoLossOptions.KlCov, GrpoLossOptions.ClipCov])
        {
            Assert.Equal(Batches.Run(options, Inputs()).Gradient, Batches.Run(options, byToken).Gradient);
        }
    }

    [Fact]
    public void Clip_cov_needs_a_seed()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Contains("Seed is null, but ClipCovariance draws tokens at random", Assert.Throws<ArgumentException>(
            "inputs", () => new GrpoLoss(GrpoLossOptions.ClipCov).Compute(Inputs() with { Seed = null })).Message);
        new GrpoLoss(GrpoLossOptions.KlCov).Compute(Inputs() with { Seed = null }).Dispose();
    }
}
