using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses.Tests;

public sealed class SamplerCorrectionTests
{
    [Theory]
    [InlineData(SamplerCorrectionMode.TokenTruncate, new[] { 1.5, 0.75, 1, 1 })]
    [InlineData(SamplerCorrectionMode.TokenMask, new double[] { 0, 0, 1, 1 })]
    [InlineData(SamplerCorrectionMode.SequenceTruncate, new[] { 1.0 })]
    [InlineData(SamplerCorrectionMode.SequenceMask, new[] { 1.0 })]
    public void Bounds_the_ratio(SamplerCorrectionMode mode, double[] expected)
    {
        // Ratios 2, 1/2, not scored (1), masked (1); their product is 1.
        using DisposeScope scope = NewDisposeScope();
        Tensor old = Batches.Matrix(new[,] { { -1.0, -1.0, -1.0, 7.0 } });
        Tensor sampler = Batches.Matrix(new[,] { { -1 - Math.Log(2), -1 + Math.Log(2), double.NaN, 0 } });
        Tensor ratio = MedR1.Losses.SamplerCorrection.Ratio(
            old, sampler, tensor(new[,] { { 1, 1, 1, 0 } }),
            new SamplerCorrectionOptions { Mode = mode, MinRatio = 0.75, MaxRatio = 1.5 });
        Batches.Close(expected, Batches.Values(ratio), 1e-14);
    }

    [Theory]
    [InlineData(SamplerCorrectionMode.TokenTruncate, null, new[] { 2, 0.5 })]
    [InlineData(SamplerCorrectionMode.TokenTruncate, 0.75, new[] { 2, 0.75 })]
    [InlineData(SamplerCorrectionMode.TokenMask, null, new[] { 2, 0.5 })]
    [InlineData(SamplerCorrectionMode.TokenMask, 0.75, new[] { 2, 0.0 })]
    [InlineData(SamplerCorrectionMode.SequenceTruncate, 0.75, new[] { 1.0 })]
    public void Without_an_upper_bound_only_the_lower_one_applies(
        SamplerCorrectionMode mode, double? least, double[] expected)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor sampler = Batches.Matrix(new[,] { { -1 - Math.Log(2), -1 + Math.Log(2) } });
        Tensor ratio = MedR1.Losses.SamplerCorrection.Ratio(
            full_like(sampler, -1).to(ScalarType.Float32), sampler.to(ScalarType.Float32), ones(1, 2),
            new SamplerCorrectionOptions { Mode = mode, MinRatio = least, MaxRatio = null });
        Batches.Close(expected, Batches.Values(ratio), 1e-6);
    }

    [Theory]
    [InlineData(SamplerCorrectionMode.SequenceTruncate, new[] { 3.0, 0.25 })]
    [InlineData(SamplerCorrectionMode.SequenceMask, new[] { 0.0, 0.25 })]
    public void Ratios_of_completions_are_a_column(SamplerCorrectionMode mode, double[] expected)
    {
        // 2 · 2 and ½ · ½, at most 3.
        using DisposeScope scope = NewDisposeScope();
        double two = Math.Log(2);
        Tensor ratio = MedR1.Losses.SamplerCorrection.Ratio(
            Batches.Matrix(new[,] { { two, two }, { -two, -two } }), zeros(2, 2, ScalarType.Float64), ones(2, 2),
            new SamplerCorrectionOptions { Mode = mode });
        Assert.Equal([2, 1], ratio.shape);
        Batches.Close(expected, Batches.Values(ratio), 1e-14);
    }

    [Fact]
    public void The_defaults_are_as_documented()
    {
        SamplerCorrectionOptions options = new();
        Assert.Equal((SamplerCorrectionMode.TokenTruncate, 3.0, null), (options.Mode, options.MaxRatio, options.MinRatio));
    }
}
