using System.Globalization;

using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

/// <summary>Run alone, because these tests measure the memory of the process.</summary>
[CollectionDefinition(nameof(FusedMemoryTests), DisableParallelization = true)]
[Collection(nameof(FusedMemoryTests))]
public sealed class FusedMemoryTests
{
    [Fact]
    public void The_full_logits_are_never_allocated()
    {
        // 1,024 × 60,000 float32 logits are 234 MiB; a piece of 256 × 1,024 is 1 MiB, inputs and gradients are 8 MiB.
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = randn(1024, 16).requires_grad_(true);
        Tensor weight = randn(60_000, 16).requires_grad_(true);
        Tensor index = randint(0, 60_000, [1024], ScalarType.Int64);
        FusedLogProbabilityOptions options = new() { ChunkSize = 1024, RowChunkSize = 256 };

        double fused = RiseInMebibytes(() =>
        {
            using FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(hidden, weight, index, options: options);
            using Tensor sum = got.LogProbabilities.sum();
            sum.backward();
        });
        double whole = RiseInMebibytes(() =>
        {
            using DisposeScope inner = NewDisposeScope();
            SelectiveLogSoftmax.Compute(hidden.matmul(weight.t()), index).LogProbabilities.sum().backward();
        });
        Assert.True(whole > 234, $"The whole product took {whole:F0} MiB: this test measures nothing.");
        Assert.True(fused < 60, $"The fused one took {fused:F0} MiB.");
    }

    [Fact]
    public void Nothing_is_left_behind_by_many_calls()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor hidden = randn(64, 16).requires_grad_(true);
        Tensor weight = randn(500, 16).requires_grad_(true);
        Tensor index = randint(0, 500, [64], ScalarType.Int64);
        void Step()
        {
            using DisposeScope step = NewDisposeScope();
            using FusedTokenLogProbabilities got = FusedLogProbabilities.Compute(hidden, weight, index);
            (got.LogProbabilities.sum() + got.Entropies.sum()).backward();
        }

        Step();

        // Counted step by step: garbage of other tests may be collected meanwhile, but nothing may be added.
        int rises = 0;
        for (int i = 0; i < 50; i++)
        {
            long before = Tensor.TotalCount;
            Step();
            rises += Tensor.TotalCount > before ? 1 : 0;
        }

        Assert.Equal(0, rises);
    }

    /// <summary>Measures how far the memory of the process rises above its current size.</summary>
    private static double RiseInMebibytes(Action act)
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Kibibytes("VmRSS:");
        act();
        return (Kibibytes("VmHWM:") - before) / 1024;
    }

    private static double Kibibytes(string field) => double.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(field, StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Split('\t')[^1],
        CultureInfo.InvariantCulture);
}
