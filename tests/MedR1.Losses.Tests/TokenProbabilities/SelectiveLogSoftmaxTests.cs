using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class SelectiveLogSoftmaxTests
{
    [Fact]
    public void Equals_the_whole_softmax()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(1);
        Tensor logits = randn([3, 4, 11], ScalarType.Float64, generator: generator).requires_grad_(true);
        Tensor index = randint(0, 11, [3, 4], ScalarType.Int64, generator: generator);
        TokenLogProbabilities got = SelectiveLogSoftmax.Compute(logits, index, 0.7);
        Tensor all = special.log_softmax(logits / 0.7, -1);
        Batches.Close(
            Batches.Values(all.gather(-1, index.unsqueeze(-1))), Batches.Values(got.LogProbabilities), 1e-14);
        Batches.Close(Batches.Values((all.exp() * all).sum(-1).neg()), Batches.Values(got.Entropies), 1e-14);
    }

    [Fact]
    public void A_token_of_probability_zero_contributes_nothing()
    {
        // Logits 0, 0, −∞: probabilities 1/2, 1/2, 0, entropy ln 2.
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new[,] { { 0f, 0f, float.NegativeInfinity } }).requires_grad_(true);
        TokenLogProbabilities got = SelectiveLogSoftmax.Compute(logits, tensor(new[] { 1L }));
        (got.LogProbabilities.sum() + got.Entropies.sum()).backward();
        Assert.Equal(-Math.Log(2), got.LogProbabilities.item<float>(), 1e-6);
        Assert.Equal(Math.Log(2), got.Entropies.item<float>(), 1e-6);
        Batches.Close([-0.5, 0.5, 0], Batches.Values(logits.grad!), 1e-6);
    }

    [Fact]
    public void A_large_gradient_of_the_entropy_does_not_overflow_for_tokens_of_probability_zero()
    {
        // Entropy of (p, 1−p, 0) at logits 0, ln 3: ∂H/∂z_j = −p_j·(ln p_j + H), p = ¼, ¾.
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new[,] { { 0.0, Math.Log(3), double.NegativeInfinity } }).requires_grad_(true);
        (SelectiveLogSoftmax.Compute(logits, tensor(new[] { 1L })).Entropies.sum() * 1000).backward();
        double entropy = -(0.25 * Math.Log(0.25)) - 0.75 * Math.Log(0.75);
        double first = -0.25 * (Math.Log(0.25) + entropy) * 1000;
        Batches.Close([first, -first, 0], Batches.Values(logits.grad!), 1e-10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-100)] // PyTorch's usual filler
    [InlineData(9)]
    public void Masked_rows_are_zero_whatever_they_contain(long token)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new[,] { { 1f, 2f }, { float.NaN, float.PositiveInfinity } }).requires_grad_(true);
        TokenLogProbabilities got = SelectiveLogSoftmax.Compute(
            logits, tensor(new[] { 1L, token }), 1, tensor(new[] { 1L, 0L }));
        (got.LogProbabilities.sum() + got.Entropies.sum()).backward();
        Assert.Equal(0, got.LogProbabilities[1].item<float>());
        Assert.Equal(0, got.Entropies[1].item<float>());
        Assert.Equal([0, 0], Batches.Values(logits.grad![1]));
    }

    [Fact]
    public void A_mask_may_have_rows_and_columns()
    {
        // Only the middle one of three tokens is masked: logits 0 and ln 3, so p = ¼ and ¾.
        using DisposeScope scope = NewDisposeScope();
        double three = Math.Log(3);
        Tensor logits = tensor(new[,,] { { { 0, three }, { 5, double.NaN }, { 0, three } } }).requires_grad_(true);
        TokenLogProbabilities got = SelectiveLogSoftmax.Compute(
            logits, tensor(new[,] { { 0L, 1, 1 } }), 1, tensor(new[,] { { 1L, 0, 1 } }));
        got.LogProbabilities.sum().backward();
        Batches.Close([Math.Log(0.25), 0, Math.Log(0.75)], Batches.Values(got.LogProbabilities), 1e-15);
        Batches.Close([0.75, -0.75, 0, 0, -0.25, 0.25], Batches.Values(logits.grad!), 1e-15);
    }

    [Fact]
    public void Large_logits_cost_the_entropy_no_precision()
    {
        // Two equal logits: ln 2. Floats around a million are 1/16 apart.
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = tensor(new[] { 1e6f, 1e6f });
        using TokenLogProbabilities got = SelectiveLogSoftmax.Compute(logits, tensor(0L));
        Assert.Equal(Math.Log(2), got.Entropies.item<float>(), 1e-6);
        Assert.Equal(-Math.Log(2), got.LogProbabilities.item<float>(), 1e-6);
        got.Dispose();
        Assert.True(got.LogProbabilities.IsInvalid && got.Entropies.IsInvalid);
    }

    [Fact]
    public void Invalid_shapes_are_named()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Contains("index has shape [3] for logits of shape [2, 5]", Assert.Throws<ArgumentException>(
            () => SelectiveLogSoftmax.Compute(ones(2, 5), zeros(3, ScalarType.Int64))).Message);
        Assert.Throws<ArgumentOutOfRangeException>(
            () => SelectiveLogSoftmax.Compute(ones(2, 5), zeros(2, ScalarType.Int64), 0));
        string Message(Tensor logits, Tensor index, Tensor? mask = null) =>
            Assert.Throws<ArgumentException>(() => SelectiveLogSoftmax.Compute(logits, index, 1, mask)).Message;
        Tensor tokens = zeros(2, ScalarType.Int64);
        Assert.Contains("logits is of type Int64", Message(ones([2, 5], ScalarType.Int64), tokens));
        Assert.Contains("index is of type Int32", Message(ones(2, 5), tokens.to(int32)));
        Assert.Contains("mask has shape [3], expected [2]", Message(ones(2, 5), tokens, ones(3)));
    }
}
