using CsCheck;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class FusedLogProbabilitiesTests
{
    [Fact]
    public void Equals_the_whole_product_however_it_is_split()
    {
        Gen.Select(Gen.Int[1, 9], Gen.Int[1, 40], Gen.Int[1, 50], Gen.Int[1, 12], Gen.Double[0.3, 3], Gen.Bool, Gen.Bool)
            .Sample(
                (rows, vocabulary, chunk, rowChunk, temperature, withBias, withMask) =>
                {
                    using DisposeScope scope = NewDisposeScope();
                    Leaves leaves = new(rows, vocabulary, 5, withBias, withMask);
                    (double[][] whole, double[][] wholeGradients) = leaves.Whole(temperature, []);
                    (double[][] fused, double[][] fusedGradients) = leaves.Fused(new FusedLogProbabilityOptions
                    {
                        Temperature = temperature, ChunkSize = chunk, RowChunkSize = rowChunk,
                    });
                    AllClose(whole, fused, 1e-12);
                    AllClose(wholeGradients, fusedGradients, 1e-12);
                },
                iter: 60,
                seed: "0000KOIkei91",
                threads: 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(100)]
    public void Suppressed_tokens_have_probability_zero(int chunk)
    {
        using DisposeScope scope = NewDisposeScope();
        Leaves leaves = new(6, 12, 5, bias: true, mask: false);
        int[] suppressed = [0, 3, 4, 5, 11, 3];
        (double[][] whole, double[][] wholeGradients) = leaves.Whole(0.8, suppressed);
        (double[][] fused, double[][] fusedGradients) = leaves.Fused(new FusedLogProbabilityOptions
        {
            Temperature = 0.8, ChunkSize = chunk, RowChunkSize = 4, SuppressedTokenIds = suppressed,
        });
        AllClose(whole, fused, 1e-12);
        AllClose(wholeGradients, fusedGradients, 1e-12);
    }

    [Fact]
    public void A_suppressed_target_has_probability_0_and_only_the_gradient_of_the_sum()
    {
        // Logits 0, 0, 0 with the last suppressed: (½, ½, 0); ∂ log p(2) = 0 − p, from the log-sum alone.
        using DisposeScope scope = NewDisposeScope();
        Tensor bias = zeros(3).requires_grad_(true);
        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
            ones(2, 1), zeros(3, 1), tensor(new[] { 2L, 0L }), bias, null,
            new FusedLogProbabilityOptions { SuppressedTokenIds = [2], ChunkSize = 2, WithStatistics = true });
        Assert.Equal(double.NegativeInfinity, got.LogProbabilities[0].item<float>());
        Assert.Equal(-Math.Log(2), got.LogProbabilities[1].item<float>(), 1e-6);
        Assert.Equal(Math.Log(2), got.Entropies[0].item<float>(), 1e-6);
        Assert.Equal(-Math.Log(2), got.LogSumSquaredProbabilities![0].item<float>(), 1e-6);
        Assert.Equal([0, 1], Batches.Values(got.IsTop1!));
        got.LogProbabilities[0].backward();
        Batches.Close([-0.5, -0.5, 0], Batches.Values(bias.grad!), 1e-6);
    }

    [Fact]
    public void Statistics_follow_from_the_distribution()
    {
        // Logits 1, 3, 3, 0 over temperature 2: the first of the equal maxima is the likeliest, whatever piece it is
        // in.
        using DisposeScope scope = NewDisposeScope();
        double[] weights = [.. new[] { 0.5, 1.5, 1.5, 0 }.Select(Math.Exp)];
        double sum = weights.Sum();
        foreach (int chunk in new[] { 1, 2, 3, 4 })
        {
            FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
                ones([3, 1], ScalarType.Float64),
                tensor(new[,] { { 1.0 }, { 3 }, { 3 }, { 0 } }),
                tensor(new[] { 1L, 2, 0 }),
                options: new FusedLogProbabilityOptions { Temperature = 2, ChunkSize = chunk, WithStatistics = true });
            Assert.Equal([1, 0, 0], Batches.Values(got.IsTop1!));
            Assert.Equal(1.75 / 2, got.MeanLogits![0].item<double>(), 1e-14);
            double squares = weights.Sum(weight => weight * weight / sum / sum);
            Assert.Equal(Math.Log(squares), got.LogSumSquaredProbabilities![0].item<double>(), 1e-14);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_mean_of_logits_is_over_tokens_that_are_not_suppressed(int chunk)
    {
        // Logits 1, 3, 3 and 0 without the first, over temperature 2: (3 + 3 + 0) / 2 / 3.
        using DisposeScope scope = NewDisposeScope();
        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
            ones([1, 1], ScalarType.Float64), tensor(new[,] { { 1.0 }, { 3 }, { 3 }, { 0 } }), tensor(new[] { 1L }),
            options: new FusedLogProbabilityOptions
            {
                Temperature = 2, ChunkSize = chunk, SuppressedTokenIds = [0], WithStatistics = true,
            });
        Assert.Equal(1, got.MeanLogits!.item<double>(), 1e-14);
    }

    [Fact]
    public void Masked_rows_are_ignored_and_may_contain_anything()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = tensor(new[,] { { 1f }, { float.NaN } }).requires_grad_(true);
        Tensor weight = tensor(new[,] { { 1f }, { 2f } }).requires_grad_(true);
        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
            hidden, weight, tensor(new[] { 1L, -100L }), mask: tensor(new[] { 1L, 0L }));
        (got.LogProbabilities.sum() + got.Entropies.sum()).backward();
        Assert.Equal(0, got.LogProbabilities[1].item<float>());
        Assert.Equal(0, hidden.grad![1, 0].item<float>());
        Assert.True(isfinite(weight.grad!).all().item<bool>());

        FusedTokenLogProbabilities none = FusedLogProbabilities.Compute(
            hidden, weight, tensor(new[] { 1L, -100L }), mask: zeros(2));
        none.LogProbabilities.sum().backward();
        Assert.Equal([0, 0], Batches.Values(none.LogProbabilities));
    }

    [Fact]
    public void Only_leaves_that_require_gradients_get_them_and_backward_may_run_twice()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = ones(2, 3).requires_grad_(true);
        Tensor weight = arange(12).to(ScalarType.Float32).reshape(4, 3);
        FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(hidden, weight, tensor(new[] { 1L, 0L }));
        Tensor sum = got.LogProbabilities.sum();
        autograd.backward([sum], retain_graph: true);
        double[] once = Batches.Values(hidden.grad!);
        sum.backward();
        Batches.Close([.. once.Select(value => 2 * value)], Batches.Values(hidden.grad!), 1e-6);
        Assert.True(weight.grad is null);
        using IDisposable noGrad = no_grad();
        Assert.False(FusedLogProbabilities.Compute(hidden, weight, tensor(new[] { 1L, 0L })).Entropies.requires_grad);
    }

    [Fact]
    public void A_backward_pass_that_fails_gives_NaN_and_the_next_call_reports_it()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = ones(2, 3).requires_grad_(true), weight = ones(4, 3).requires_grad_(true);
        Tensor index = tensor(new[] { 1L, 0L });
        FusedTokenLogProbabilities figures = FusedLogProbabilities.Compute(hidden, weight, index);
        using (no_grad())
        {
            weight.mul_(tensor(2f));
        }

        // libtorch refuses the saved tensor because it has changed.
        figures.LogProbabilities.sum().backward();

        Assert.Equal(hidden.shape, hidden.grad!.shape);
        Assert.True(hidden.grad!.isnan().all().item<bool>());
        Assert.True(weight.grad!.isnan().all().item<bool>());
        // A call in another run does not report it.
        SynchronizationContext? own = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        FusedLogProbabilities.Compute(hidden, weight, index).Dispose();
        SynchronizationContext.SetSynchronizationContext(own);
        Assert.Contains("gradients are NaN", Assert.Throws<InvalidOperationException>(
            () => FusedLogProbabilities.Compute(hidden, weight, index)).Message);
        FusedLogProbabilities.Compute(hidden, weight, index).Dispose();
    }

    [Fact]
    public void Inputs_that_do_not_match_are_named()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = ones(2, 3);
        Tensor weight = ones(4, 3);
        Tensor index = zeros(2, ScalarType.Int64);
        string Message(Func<object> act) => Assert.ThrowsAny<ArgumentException>(act).Message;
        Assert.Contains("expected [N, H] and [V, H]", Message(() => FusedLogProbabilities.Compute(hidden, ones(3, 4), index)));
        Assert.Contains("to one type", Message(
            () => FusedLogProbabilities.Compute(hidden, weight.to(ScalarType.Float64), index)));
        Assert.Contains("bias has shape [3], expected [4]", Message(
            () => FusedLogProbabilities.Compute(hidden, weight, index, ones(3))));
        Assert.Contains("index has shape [3], expected [2]", Message(
            () => FusedLogProbabilities.Compute(hidden, weight, zeros(3, ScalarType.Int64))));
        Assert.Contains("tokens from 0 to 4, expected 0 to 3", Assert.Throws<ArgumentException>(
            "index", () => FusedLogProbabilities.Compute(hidden, weight, tensor(new[] { 4L, 0L }))).Message);
        Assert.Contains("outside 0 to 3", Message(() => FusedLogProbabilities.Compute(
            hidden, weight, index, options: new FusedLogProbabilityOptions { SuppressedTokenIds = [4] })));
        Assert.Contains("expected [N, H] and [V, H]", Message(() => FusedLogProbabilities.Compute(ones(2, 3, 1), weight, index)));
        Assert.Contains("index is of type Int32", Message(() => FusedLogProbabilities.Compute(hidden, weight, index.to(int32))));
        Assert.Contains("mask has shape [3], expected [2]", Message(
            () => FusedLogProbabilities.Compute(hidden, weight, index, mask: ones(3))));
        Assert.Contains("hidden is of type Int64", Message(
            () => FusedLogProbabilities.Compute(hidden.to(int64), weight.to(int64), index)));
        foreach (FusedLogProbabilityOptions wrong in new FusedLogProbabilityOptions[]
        {
            new() { Temperature = 0 }, new() { ChunkSize = 0 }, new() { RowChunkSize = 0 }, new() { SuppressedTokenIds = [-1] },
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => FusedLogProbabilities.Compute(hidden, weight, index, options: wrong));
        }
    }

    private static void AllClose(double[][] expected, double[][] got, double tolerance)
    {
        foreach ((double[] left, double[] right) in expected.Zip(got))
        {
            Batches.Close(left, right, tolerance);
        }
    }

    /// <summary>Random float64 leaves, and both ways to compute values and gradients from them.</summary>
    private sealed class Leaves
    {
        private readonly Tensor _hidden;
        private readonly Tensor _weight;
        private readonly Tensor? _bias;
        private readonly Tensor? _mask;
        private readonly Tensor _index;
        private readonly Tensor _logWeights;
        private readonly Tensor _entropyWeights;

        public Leaves(int rows, int vocabulary, int size, bool bias, bool mask)
        {
            using Generator generator = new((ulong)(rows * 1000 + vocabulary));
            Tensor Normal(params long[] shape) => randn(shape, ScalarType.Float64, generator: generator);
            _hidden = Normal(rows, size);
            _weight = Normal(vocabulary, size);
            _bias = bias ? Normal(vocabulary) : null;
            _mask = mask ? randint(0, 2, [rows], ScalarType.Int64, generator: generator) : null;

            // Tokens 1, 2, 1, …, if they exist: those are never suppressed here.
            _index = (arange(rows, ScalarType.Int64) % 2 + 1).clamp_max(vocabulary - 1);
            _logWeights = Normal(rows);
            _entropyWeights = Normal(rows);
        }

        public (double[][] Figures, double[][] Gradients) Whole(double temperature, int[] suppressed)
        {
            List<Tensor> leaves = Fresh();
            Tensor logits = nn.functional.linear(leaves[0], leaves[1], leaves.Count > 2 ? leaves[2] : null);
            if (suppressed.Length > 0)
            {
                logits = logits.index_fill(
                    1, tensor(suppressed.Select(token => (long)token).ToArray()), double.NegativeInfinity);
            }

            TokenLogProbabilities got = SelectiveLogSoftmax.Compute(logits, _index, temperature, _mask);
            return Backward(got.LogProbabilities, got.Entropies, leaves);
        }

        public (double[][] Figures, double[][] Gradients) Fused(FusedLogProbabilityOptions options)
        {
            List<Tensor> leaves = Fresh();
            FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(
                leaves[0], leaves[1], _index, leaves.Count > 2 ? leaves[2] : null, _mask, options);
            return Backward(got.LogProbabilities, got.Entropies, leaves);
        }

        private List<Tensor> Fresh() =>
            [.. new[] { _hidden, _weight, _bias }.OfType<Tensor>().Select(leaf => leaf.clone().requires_grad_(true))];

        private (double[][] Figures, double[][] Gradients) Backward(Tensor log, Tensor entropies, List<Tensor> leaves)
        {
            ((log * _logWeights).sum() + (entropies * _entropyWeights).sum()).backward();
            return (
                [Batches.Values(log), Batches.Values(entropies)],
                [.. leaves.Select(leaf => leaf.grad is Tensor gradient
                    ? Batches.Values(gradient) : new double[leaf.numel()])]);
        }
    }
}
