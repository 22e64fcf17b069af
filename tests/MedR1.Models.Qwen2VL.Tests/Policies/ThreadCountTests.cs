using System.Runtime.Intrinsics.X86;
using MedR1.Modeling;
using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Models.Qwen2VL.Tests;

[Trait("Tier", "Slow")]
public sealed class ThreadCountTests
{
    // More numbers than libtorch processes on one thread (32,768): 2,700 patches 16 and 32 wide, 3,000 tokens 32 and 40 wide.
    [FactWithOwnProducts]
    public void Values_and_gradients_have_the_same_bits_on_any_number_of_threads_in_Qwen2_VL() =>
        AssertBits(Qwen2VLFamily.Qwen2VL);

    [FactWithOwnProducts]
    public void Values_and_gradients_have_the_same_bits_on_any_number_of_threads_in_Qwen25_VL() =>
        AssertBits(Qwen2VLFamily.Qwen25VL);

    private static void AssertBits(Qwen2VLFamily family)
    {
        Qwen2VLConfiguration configuration = TinyModel.Configuration(family);
        using Qwen2VLPolicy policy = Qwen2VLPolicy.CreateRandom(
            configuration with { Text = configuration.Text with { ContextLength = 1024 } }, TinyModel.Processor(), 1, CPU,
            ScalarType.Float32);
        PackedGroup[] groups = [.. Enumerable.Range(0, 3).Select(seed => new PackedGroup(
            TinyModel.Prompt(30 + seed, seed, TinyModel.Image(30, 30, seed)),
            [.. Enumerable.Range(0, 8).Select(row => TinyModel.Words(80 + (7 * row), (10 * seed) + row))]))];
        (float[] Values, Dictionary<string, float[]> Gradients) alone = ThreadCounts.Run(1, Compute);
        foreach (int threads in ThreadCounts.Others)
        {
            (float[] values, Dictionary<string, float[]> gradients) = ThreadCounts.Run(threads, Compute);
            Assert.Equal(alone.Values, values);
            Assert.All(gradients, pair => Assert.True(
                alone.Gradients[pair.Key].AsSpan().SequenceEqual(pair.Value), $"{pair.Key} differs on {threads} threads"));
        }

        (float[], Dictionary<string, float[]>) Compute()
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor values = policy.TokenLogProbabilities(groups, new TokenStatisticsOptions()).LogProbabilities;
            Tensor weights = arange(1, values.numel() + 1, ScalarType.Float32).view(values.shape) / 1000;
            (values * weights).sum().backward();
            return (values.Values(), RowsAlone.TakeGradients(policy));
        }
    }

    private sealed class FactWithOwnProductsAttribute : FactAttribute
    {
        public FactWithOwnProductsAttribute() => Skip = Fma.IsSupported
            ? null : "Without AVX2 the products are libtorch's, which promise nothing of the kind.";
    }
}
