using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class MaskTests
{
    private static readonly double[,] Entropies = { { .1, .2, .3, .4, .5, .6 }, { .7, .8, .9, 1.0, 1.1, 1.2 } };

    [Theory]
    [InlineData(1.0, 10)]
    [InlineData(0.2, 2)] // The quantile 0.8 of 0.1 … 1.0 is 0.82: 0.9 and 1.0 reach it.
    [InlineData(0.0, 1)]
    public void Keeps_the_tokens_of_the_highest_entropy(double fraction, int kept)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = ones(2, 6);
        mask[1, 4] = 0;
        mask[1, 5] = 0;
        Tensor top = TopEntropyMask.Compute(tensor(Entropies), mask, fraction);
        Assert.Equal(kept, top.sum().item<long>());
        Assert.True(top[1, 3].item<bool>());
        Assert.False(top[1, 4].item<bool>());
    }

    [Fact]
    public void Without_active_tokens_none_are_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(0, TopEntropyMask.Compute(tensor(Entropies), zeros(2, 6), 0.5).sum().item<long>());
    }

    [Fact]
    public void Drops_off_policy_rows_only_if_the_advantage_is_negative()
    {
        using DisposeScope scope = NewDisposeScope();

        // Mean log-ratios 0.2, 0.2, 0.05; the padding of ±10 000 must not matter, and NaN counts for nothing.
        Tensor current = Batches.Matrix(new[,] { { -1, -1, 1e4 }, { -1, -1, -1e4 }, { -1, -1, 1e4 } });
        Tensor behavior = Batches.Matrix(new[,] { { -0.8, -0.8, 0 }, { -0.8, -0.8, 0 }, { -0.9, double.NaN, 0 } });
        Tensor mask = tensor(new[,] { { 1, 1, 0 }, { 1, 1, 0 }, { 1, 1, 0 } });
        Tensor kept = OffPolicyMask.Compute(current, behavior, mask, tensor(new[] { 1.0, -1.0, -1.0 }), 0.1);
        Assert.Equal([true, false, true], kept.reshape(-1).data<bool>().ToArray());
    }

    [Fact]
    public void A_mean_log_ratio_at_the_threshold_is_kept()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor same = Batches.Matrix(new[,] { { -1.0, -2.0 }, { -3.0, -4.0 } });
        Tensor kept = OffPolicyMask.Compute(same, same, ones(2, 2), tensor(new[] { -1.0, -1.0 }), 0);
        Assert.Equal([true, true], kept.reshape(-1).data<bool>().ToArray());
    }

    [Fact]
    public void A_row_far_from_the_sampler_is_dropped_even_if_the_old_policy_is_the_same()
    {
        // Old = current: ratio 1, so that the row's loss would be −1 × −1 = 1. The sampler's mean log-ratio is −0.5 + 2 = 1.5 > 0.1.
        using DisposeScope scope = NewDisposeScope();
        Tensor current = Batches.Matrix(new[,] { { -2.0, -2.0 } });
        (double loss, double[] gradient) = Batches.Run(
            GrpoLossOptions.Dapo with { OffPolicyMaskThreshold = 0.1 },
            new PolicyLossInputs
            {
                LogProbabilities = current,
                OldLogProbabilities = current,
                SamplerLogProbabilities = Batches.Matrix(new[,] { { -0.5, -0.5 } }),
                Mask = ones(1, 2),
                Advantages = tensor(new[] { -1.0 }),
            });
        Assert.Equal(0, loss);
        Assert.Equal([0, 0], gradient);
    }

    [Fact]
    public void Excludes_truncated_completions()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor mask = LossMask.WithoutTruncated(ones([2, 3], ScalarType.Int64), [true, false]);
        Assert.Equal([0L, 0, 0, 1, 1, 1], mask.reshape(-1).data<long>().ToArray());
        Assert.Contains("There are 1 flags for a mask of shape [2, 3]", Assert.Throws<ArgumentException>(
            () => LossMask.WithoutTruncated(ones(2, 3), [true])).Message);
        Assert.Contains("mask has shape [2], expected [B, T]", Assert.Throws<ArgumentException>(
            () => LossMask.WithoutTruncated(ones(2), [true, false])).Message);
    }
}
