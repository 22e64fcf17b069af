using MedR1.TestSupport;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

/// <summary>Compares tokens drawn by the GPU kernels with the definition in float64.</summary>
[Trait("Device", "Gpu")]
public sealed class GpuTokenSamplingTests
{
    // The vocabulary of the published models, one that is no multiple of a block, and one smaller than a block.
    [Theory]
    [InlineData(64, 151_936, false)]
    [InlineData(64, 151_936, true)]
    [InlineData(9, 5_001, true)]
    [InlineData(200, 7, false)]
    public void Each_number_draws_its_part_of_the_distribution(int rows, int vocabulary, bool hasPlain)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor plain = randn([rows, vocabulary], generator: generator).mul(3);
        Tensor logits = hasPlain ? plain.masked_fill(rand([rows, vocabulary], generator: generator).lt(0.3), float.NegativeInfinity)
            : plain;
        Tensor uniforms = rand(rows, float64, generator: generator);
        uniforms[0] = 1e-15;
        uniforms[1] = 1 - 1e-15;
        Tensor there = logits.to(TestDevice.Gpu);
        bool isDrawn = TokenSampling.TrySample(
            there, hasPlain ? plain.to(TestDevice.Gpu) : there, uniforms.to(TestDevice.Gpu), out Tensor? tokens,
            out Tensor? plainLogProbabilities, out Tensor? logProbabilities);
        Assert.Equal(TestDevice.Gpu.type == DeviceType.CUDA, isDrawn);
        if (!isDrawn)
            return;

        Tensor chosen = tokens!.cpu().unsqueeze(1), expected = logits.to(float64).log_softmax(1);
        Tensor ends = expected.exp().cumsum(1).gather(1, chosen).squeeze(1), shares = expected.gather(1, chosen).squeeze(1).exp();
        Assert.True(shares.gt(0).all().item<bool>());
        Tensor outside = maximum(ends - shares - uniforms, uniforms - ends);
        Assert.True(outside.max().item<double>() <= 1e-6, $"{outside.max().item<double>()} outside");
        Near(shares.log(), logProbabilities!);
        Near(plain.to(float64).log_softmax(1).gather(1, chosen).squeeze(1), plainLogProbabilities!);
    }

    [Fact]
    public void Rows_without_a_token_to_draw_give_none()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor logits = zeros(4, 3_000);
        logits[0].fill_(float.NegativeInfinity);
        logits[1, 2_500] = float.NaN;
        logits[2, 1] = float.PositiveInfinity;
        Tensor there = logits.to(TestDevice.Gpu), uniforms = full(4, 0.5, float64, TestDevice.Gpu);
        bool isDrawn = TokenSampling.TrySample(there, there, uniforms, out Tensor? tokens, out _, out _);
        Assert.Equal(TestDevice.Gpu.type == DeviceType.CUDA, isDrawn);
        long[] expected = isDrawn ? [-1, -1, -1, 1_500] : [];
        Assert.Equal(expected, tokens?.cpu().data<long>().ToArray() ?? []);
    }

    private static void Near(Tensor expected, Tensor actual)
    {
        double error = (actual.cpu().to(float64) - expected).abs().max().item<double>();
        Assert.True(error <= 1e-5, $"error {error}");
    }
}
