using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>The head computed in pieces, in bfloat16.</summary>
public sealed class FusedBrainFloatTests
{
    [Fact]
    public void Bfloat16_statistics_are_float32()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = ones([2, 3], ScalarType.BFloat16).requires_grad_(true);
        Tensor weight = ones([4, 3], ScalarType.BFloat16).requires_grad_(true);
        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(hidden, weight, tensor(new[] { 1L, 0L }));
        got.LogProbabilities.sum().backward();
        Assert.Equal(ScalarType.Float32, got.LogProbabilities.dtype);
        Assert.Equal(-Math.Log(4), got.LogProbabilities[0].item<float>(), 1e-6);
        Assert.Equal(ScalarType.BFloat16, weight.grad!.dtype);
    }

    // Logits of size 25 at most have a spacing of 1/8 in bfloat16: the error is half of that, or all of it if the order of the sum
    // decides the rounding; a log-probability depends on two of them. The gradient is that of the rounded logits, rounded.
    [Fact]
    public void Bfloat16_logits_are_float32_sums_rounded_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(8, CPU);
        Tensor hidden = randn([9, 64], generator: generator).to(ScalarType.BFloat16).requires_grad_(true);
        Tensor weight = randn([300, 64], generator: generator).to(ScalarType.BFloat16).requires_grad_(true);
        Tensor tokens = arange(9);
        Tensor wideHidden = hidden.detach().to(ScalarType.Float64).requires_grad_(true);
        Tensor wideWeight = weight.detach().to(ScalarType.Float64).requires_grad_(true);
        Tensor logits = wideHidden.matmul(wideWeight.t());
        Tensor expected = logits.log_softmax(-1).gather(1, tokens.unsqueeze(1)).squeeze(1);
        expected.sum().backward();

        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
            hidden, weight, tokens, options: new FusedLogProbabilityOptions { ChunkSize = 128, RowChunkSize = 4 });
        got.LogProbabilities.sum().backward();

        Assert.InRange(logits.abs().max().item<double>(), 8, 32);
        Batches.Close(Batches.Values(expected), Batches.Values(got.LogProbabilities), 0.25);
        Batches.Close(Batches.Values(wideHidden.grad!), Batches.Values(hidden.grad!.to(ScalarType.Float32)), 0.25);
        Batches.Close(Batches.Values(wideWeight.grad!), Batches.Values(weight.grad!.to(ScalarType.Float32)), 0.25);
    }
}
