using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class GatedActivationTests
{
    [Theory]
    [InlineData(1, 16)]
    [InlineData(7, 48)]
    [InlineData(513, 67)]
    public void It_is_silu_times_up(int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(43, CPU);
        Tensor gate = randn([rows, width], generator: generator).mul(8);
        Tensor up = randn([rows, width], generator: generator);
        Tensor exact = nn.functional.silu(gate.to(float64)) * up.to(float64);
        Tensor error = (GatedActivation.Apply(gate, up).to(float64) - exact).abs();

        // An exponential, a sum, a quotient and a product, each rounded; the exponential's error of one or two units in
        // the last place matters only for negative gates.
        Assert.True(error.le(exact.abs() * 6 * Math.Pow(2, -24) + 1e-38).all().item<bool>());
    }

    [Fact]
    public void In_bfloat16_it_is_rounded_once()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(47, CPU);
        Tensor gate = randn([257, 131], generator: generator).mul(8).to(bfloat16);
        Tensor up = randn([257, 131], generator: generator).to(bfloat16);
        Tensor expected = GatedActivation.Apply(gate.to(float32), up.to(float32)).to(bfloat16);
        Tensor actual = GatedActivation.Apply(gate, up);
        Assert.Equal(bfloat16, actual.dtype);
        Assert.Equal(expected.to(float32).data<float>().ToArray(), actual.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void Its_limits_equal_those_of_silu()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor gate = tensor(new[] { 0f, 200f, -200f, float.NaN, float.PositiveInfinity });
        float[] values = GatedActivation.Apply(gate, ones(5)).data<float>().ToArray();
        Assert.Equal([0f, 200f, 0f, float.NaN, float.PositiveInfinity], values);
    }

    // Kernels compute as many results as there are numbers; libtorch repeats the rows of both: 2 × 2 rows of three.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rows_that_fit_only_by_repetition_are_repeated_with_and_without_gradient(bool hasGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable? noGradient = hasGradient ? null : no_grad();
        using Generator generator = new(53, CPU);
        Tensor gate = randn([1, 2, 3], generator: generator).requires_grad_(hasGradient);
        Tensor up = randn([2, 1, 3], generator: generator);
        Tensor expected = nn.functional.silu(gate) * up;
        Tensor actual = GatedActivation.Apply(gate, up);
        Assert.Equal([2, 2, 3], actual.shape);
        Assert.True(actual.allclose(expected));
    }
}
