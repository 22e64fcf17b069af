using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Parts of PPO without operands of 0 or batches of one row, so that wrong signs and rows are noticed.</summary>
public sealed class PpoSignTests
{
    [Fact]
    public void The_divergence_is_old_minus_reference_log_probability()
    {
        // −0.5·(−1 + 3) = −1 and −0.5·(−2 + 1) = 0.5, with the score of 10 on the last token.
        using DisposeScope scope = NewDisposeScope();
        Tensor got = TokenRewards.Compute(
            tensor(new[] { 10.0 }), ones(1, 2), Batches.Matrix(new[,] { { -1.0, -2 } }),
            Batches.Matrix(new[,] { { -3.0, -1 } }), 0.5);
        Batches.Close([-1, 10.5], Batches.Values(got), 1e-15);
    }

    [Fact]
    public void A_value_is_kept_near_the_old_one_on_both_sides()
    {
        // R = 0, V_old = 1, ε = 0.2. V = 0.5: (0.5)² and clipped to 0.8 (0.8)²: ½·0.64, no gradient. V = 1.5: (1.5)² and clipped to 1.2
        // (1.2)²: ½·2.25, with a gradient.
        using DisposeScope scope = NewDisposeScope();
        Tensor values = Batches.Matrix(new[,] { { 0.5, 1.5 } }, gradient: true);
        Tensor terms = ValueLoss.Terms(values, zeros(1, 2, ScalarType.Float64), ones(1, 2, ScalarType.Float64), 0.2);
        Batches.Close([0.32, 1.125], Batches.Values(terms), 1e-14);
        terms.sum().backward();
        Batches.Close([0, 1.5], Batches.Values(values.grad!), 1e-14);
    }

    [Fact]
    public void Rows_are_independent()
    {
        // γ = λ = 0.5. Row 0: δ = 4 − 2 = 2, before that 1 + 0.5·2 − 3 = −1, so A = −1 + 0.25·2. Row 1: 8 − 6 = 2; 2 + 0.5·6 − 1 = 4,
        // so A = 4 + 0.25·2.
        using DisposeScope scope = NewDisposeScope();
        GeneralizedAdvantageResult got = GeneralizedAdvantages.Compute(
            Batches.Matrix(new[,] { { 1.0, 4 }, { 2, 8 } }), Batches.Matrix(new[,] { { 3.0, 2 }, { 1, 6 } }), ones(2, 2), 0.5, 0.5);
        Batches.Close([-0.5, 2, 4.5, 2], Batches.Values(got.Advantages), 1e-15);
        Batches.Close([2.5, 4, 5.5, 8], Batches.Values(got.Returns), 1e-15);
    }

    [Fact]
    public void Integers_are_refused_for_each_input()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor old = zeros(1, 2), scores = zeros(1), mask = ones(1, 2);
        Assert.Throws<ArgumentException>(
            "scores", () => TokenRewards.Compute(scores.to(int64), mask, old, null, 0));
        Assert.Throws<ArgumentException>(
            "oldLogProbabilities", () => TokenRewards.Compute(scores, mask, old.to(int64), null, 0));
    }
}
