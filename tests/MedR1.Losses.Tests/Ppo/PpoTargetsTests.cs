using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class PpoTargetsTests
{
    [Fact]
    public void The_defaults_equal_those_of_the_sources()
    {
        // arXiv 1707.06347, table 3: γ 0.99, λ 0.95. TRL's PPOConfig: gamma 1.0, lam 0.95, kl_coef 0.05, and its trainer whitens
        // the advantages.
        PpoTargetOptions paper = new();
        PpoTargetOptions trl = PpoTargetOptions.LanguageModel;
        Assert.Equal((0.99, 0.95, 0.0, false), (paper.Discount, paper.Lambda, paper.KlCoefficient, paper.Whiten));
        Assert.Equal((1.0, 0.95, 0.05, true), (trl.Discount, trl.Lambda, trl.KlCoefficient, trl.Whiten));
    }

    [Fact]
    public void The_score_is_on_the_last_token_and_the_divergence_on_each()
    {
        // Row 0 ends at its second token, row 1 has a hole; β·(old − ref) = 0.5·(1, 2, 3).
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = tensor(new long[,] { { 1, 1, 0 }, { 1, 0, 1 }, { 0, 0, 0 } });
        Tensor old = tensor(new[,] { { 1.0, 2, 3 }, { 1, 2, 3 }, { 1, 2, 3 } });
        Tensor got = TokenRewards.Compute(tensor(new[] { 10.0, 20, 30 }), mask, old, zeros_like(old), 0.5);
        Batches.Close([-0.5, 9, 0, -0.5, 0, 18.5, 0, 0, 0], Batches.Values(got), 1e-15);
        Assert.Equal(
            [0, 10, 0, 0, 0, 20, 0, 0, 0],
            Batches.Values(TokenRewards.Compute(tensor(new[] { 10.0, 20, 30 }), mask, old, null, 0)));
    }

    [Fact]
    public void Lambda_0_is_the_temporal_difference()
    {
        // r + 0.9·V' − V: 1 + 0.9·3 − 2 = 1.7; 2 + 0.9·5 − 3 = 3.5; 4 − 5 = −1.
        using DisposeScope scope = NewDisposeScope();
        GeneralizedAdvantageResult got = GeneralizedAdvantages.Compute(
            Batches.Matrix(new[,] { { 1.0, 2, 4 } }), Batches.Matrix(new[,] { { 2.0, 3, 5 } }), ones(1, 3), 0.9, 0);
        Batches.Close([1.7, 3.5, -1], Batches.Values(got.Advantages), 1e-14);
        Batches.Close([3.7, 6.5, 4], Batches.Values(got.Returns), 1e-14);
    }

    [Fact]
    public void Lambda_1_is_the_discounted_sum_and_masked_tokens_are_skipped()
    {
        // The middle token is masked: 1 + 0.5·4 = 3, minus V = 2; its huge numbers don't matter.
        using DisposeScope scope = NewDisposeScope();
        GeneralizedAdvantageResult got = GeneralizedAdvantages.Compute(
            Batches.Matrix(new[,] { { 1.0, double.NaN, 4 } }),
            Batches.Matrix(new[,] { { 2.0, 1e30, 5 } }),
            tensor(new long[,] { { 1, 0, 1 } }),
            0.5,
            1);
        Batches.Close([1, 0, -1], Batches.Values(got.Advantages), 1e-14);
        Batches.Close([3, 0, 4], Batches.Values(got.Returns), 1e-14);
    }

    [Fact]
    public void Truncated_completions_are_bootstrapped_with_the_next_value()
    {
        // 1 + 0.5·8 − 2 = 3 instead of 1 − 2.
        using DisposeScope scope = NewDisposeScope();
        Tensor reward = Batches.Matrix(new[,] { { 1.0 } });
        Tensor value = Batches.Matrix(new[,] { { 2.0 } });
        Assert.Equal(3, GeneralizedAdvantages.Compute(reward, value, ones(1, 1), 0.5, 1, tensor(new[] { 8.0 }))
            .Advantages.item<double>());
        Assert.Equal(-1, GeneralizedAdvantages.Compute(reward, value, ones(1, 1), 0.5, 1).Advantages.item<double>());
    }

    [Fact]
    public void Whitened_numbers_have_mean_0_and_variance_1()
    {
        // 1, 2, 3: mean 2, unbiased variance 1.
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = tensor(new long[,] { { 1, 1 }, { 0, 1 } });
        Tensor got = Whitening.Compute(Batches.Matrix(new[,] { { 1, 2 }, { double.NaN, 3 } }), mask);
        double one = 1 / Math.Sqrt(1 + 1e-8);
        Batches.Close([-one, 0, 0, one], Batches.Values(got), 1e-15);
        Assert.Equal([0, 0], Batches.Values(Whitening.Compute(ones(1, 2), tensor(new long[,] { { 1, 0 } }))));
        Assert.Equal([0, 0], Batches.Values(Whitening.Compute(ones(1, 2), zeros(1, 2))));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Targets_are_whitened_on_request_and_disposed_together(bool whitens)
    {
        // With values of 0 and γ = λ = 1, a token's advantage is the score of its row: 1 and 3. Whitened: mean 2, unbiased variance 2.
        using DisposeScope scope = NewDisposeScope();
        Tensor zero = zeros(2, 1, ScalarType.Float64);
        PpoTargets targets = PpoTargets.Compute(
            tensor(new double[] { 1, 3 }), ones(2, 1, ScalarType.Bool), zero, null, zero,
            new PpoTargetOptions { Discount = 1, Lambda = 1, Whiten = whitens });
        double one = 1 / Math.Sqrt(2 + 1e-8);
        Batches.Close(whitens ? [-one, one] : [1, 3], Batches.Values(targets.Advantages), 1e-15);
        Batches.Close([1, 3], Batches.Values(targets.RawAdvantages), 1e-15);
        Batches.Close([1, 3], Batches.Values(targets.Returns), 1e-15);

        targets.Dispose();
        Tensor[] parts = [targets.Rewards, targets.Advantages, targets.RawAdvantages, targets.Returns];
        Assert.All(parts, part => Assert.True(part.IsInvalid));

        GeneralizedAdvantageResult estimate = GeneralizedAdvantages.Compute(zero, zero, ones_like(zero), 1, 1);
        estimate.Dispose();
        Assert.True(estimate.Advantages.IsInvalid && estimate.Returns.IsInvalid);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void A_coefficient_that_is_not_finite_is_refused(double coefficient)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = ones(2, 3);
        Assert.Throws<ArgumentOutOfRangeException>(
            "klCoefficient", () => TokenRewards.Compute(ones(2), matrix, matrix, matrix, coefficient));
    }

    [Fact]
    public void Inputs_that_do_not_match_are_named()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor matrix = ones(2, 3);
        Assert.Contains("scores has shape [3], expected [2]", Assert.Throws<ArgumentException>(
            () => TokenRewards.Compute(ones(3), matrix, matrix, null, 0)).Message);
        Assert.Contains("klCoefficient is 0.1", Assert.Throws<ArgumentException>(
            () => TokenRewards.Compute(ones(2), matrix, matrix, null, 0.1)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => GeneralizedAdvantages.Compute(matrix, matrix, matrix, 1.1, 0.9));
        Assert.Contains("rewards has shape [3, 2], expected [2, 3]", Assert.Throws<ArgumentException>(
            () => GeneralizedAdvantages.Compute(ones(3, 2), matrix, matrix, 1, 1)).Message);
    }

    [Fact]
    public void The_defaults_equal_those_of_the_paper()
    {
        // arXiv 1707.06347, table 3 (continuous control): γ 0.99, λ 0.95, clip 0.2; no penalty, no clip of values.
        PpoTargetOptions targets = new();
        Assert.Equal((0.99, 0.95, 0, false), (targets.Discount, targets.Lambda, targets.KlCoefficient, targets.Whiten));
        PpoLossOptions loss = new();
        Assert.Equal((0.2, null), (loss.Policy.ClipLow, loss.Policy.ClipHigh));
        Assert.Equal((1.0, null, 0.0), (loss.ValueCoefficient, loss.ValueClip, loss.Policy.EntropyCoefficient));
    }
}
