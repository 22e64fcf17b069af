using MedR1.TestSupport;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class GradientClippingTests
{
    [Fact]
    public void All_gradients_are_scaled_by_one_factor()
    {
        // Gradients (3) and (0, 4) have norm 5; to clip them to 1, they are divided by 5 + 1e-6 · 1.
        using DisposeScope scope = NewDisposeScope();
        Parameter first = new(zeros(1)) { grad = tensor(new[] { 3f }) };
        Parameter second = new(zeros(2)) { grad = tensor(new[] { 0f, 4f }) };
        Assert.Equal(5, GradientClipping.ClipNorm([first, second], 1), 1e-6);
        Assert.Equal(3 / 5.000001, first.grad!.item<float>(), 1e-7);
        Assert.Equal(4 / 5.000001, second.grad![1].item<float>(), 1e-7);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(1.0)]
    [InlineData(1e6)]
    public void It_equals_the_clipping_of_TorchSharp(double maximum)
    {
        using DisposeScope scope = NewDisposeScope();
        List<KeyValuePair<string, Parameter>> ours = OptimizationFixture.Parameters(ScalarType.Float32);
        List<KeyValuePair<string, Parameter>> theirs = OptimizationFixture.Parameters(ScalarType.Float32);
        OptimizationFixture.SetGradients(ours, 0);
        OptimizationFixture.SetGradients(theirs, 0);
        double norm = GradientClipping.ClipNorm(ours.Select(pair => pair.Value), maximum);
        double expected = nn.utils.clip_grad_norm_(theirs.Select(pair => pair.Value), maximum);
        Assert.Equal(expected, norm, 1e-6 * expected);
        OptimizationFixture.Close(
            [.. theirs.SelectMany(pair => OptimizationFixture.Values(pair.Value.grad!))],
            [.. ours.SelectMany(pair => OptimizationFixture.Values(pair.Value.grad!))],
            1e-7);
    }

    // More numbers than libtorch processes on one thread (32,768), in blocks and a remainder.
    [Theory]
    [InlineData(3 * 16384)]
    [InlineData(1_000_003)]
    public void The_norm_of_many_numbers_is_the_same_bit_for_bit_on_any_number_of_threads(int count)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        Parameter parameter = new(zeros(count)) { grad = randn(count, generator: generator) };
        double alone = ThreadCounts.Run(1, Norm);
        Assert.All(ThreadCounts.Others, threads => Assert.Equal(alone, ThreadCounts.Run(threads, Norm)));
        double exact = Math.Sqrt(parameter.grad!.to(ScalarType.Float64).square().sum().item<double>());
        Assert.Equal(exact, alone, 1e-6 * exact);

        double Norm() => GradientClipping.ClipNorm([parameter], double.PositiveInfinity);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Gradients_that_are_not_finite_are_reported_and_unchanged(float value)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter good = new(zeros(1)) { grad = tensor(new[] { 3f }) };
        Parameter bad = new(zeros(1)) { grad = tensor(new[] { value }) };
        Assert.False(double.IsFinite(GradientClipping.ClipNorm([good, bad], 1)));
        Assert.Equal(3f, good.grad!.item<float>());
    }

    [Fact]
    public void Bfloat16_and_float32_are_clipped_together()
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter narrow = new(zeros([1], ScalarType.BFloat16)) { grad = tensor(new[] { 3f }).to(ScalarType.BFloat16) };
        Parameter wide = new(zeros(1)) { grad = tensor(new[] { 4f }) };
        Assert.Equal(5, GradientClipping.ClipNorm([narrow, wide], 2.5), 1e-6);
        Assert.Equal(1.5f, narrow.grad!.to(ScalarType.Float32).item<float>());
        Assert.Equal(ScalarType.BFloat16, narrow.grad!.dtype);
        Assert.Equal(2f, wide.grad!.item<float>(), 1e-5f);
    }

    // √3 = 1.7320508…; bfloat16 has 1.734375 next to it, and float32 1.73205077.
    [Theory]
    [InlineData(ScalarType.BFloat16, 1e-7)]
    [InlineData(ScalarType.Float32, 1e-7)]
    [InlineData(ScalarType.Float64, 1e-15)]
    public void The_norm_is_as_precise_as_the_gradients_or_more(ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        Parameter parameter = new(zeros(3, type)) { grad = ones(3, type) };
        Assert.Equal(Math.Sqrt(3), GradientClipping.ClipNorm([parameter], double.PositiveInfinity), tolerance);
    }

    [Fact]
    public void Without_a_gradient_the_norm_is_zero()
    {
        using Parameter parameter = new(zeros(1));
        Assert.Equal(0, GradientClipping.ClipNorm([parameter], 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void An_invalid_maximum_is_refused(double maximum) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => GradientClipping.ClipNorm([], maximum));
}
