using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class GeluActivationTests
{
    // Times x/2: 1.4e-7 from the polynomials, 1.2e-7 from rounding 1 + erf and its argument; then half a unit for the product.
    [Fact]
    public void Exact_is_within_the_error_of_its_polynomials()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = linspace(-12, 12, 100_001, dtype: float32);
        Tensor wide = input.to(float64);
        Tensor expected = wide * 0.5 * (1 + (wide / Math.Sqrt(2)).erf());
        Tensor error = (GeluActivation.Exact(input).to(float64) - expected).abs();
        Assert.True(error.le((wide.abs() * 2e-7) + 1e-12).all().item<bool>());
    }

    [Fact]
    public void Quick_is_x_times_the_sigmoid()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = linspace(-30, 30, 100_001, dtype: float32);
        Tensor wide = input.to(float64);
        Tensor expected = wide * (wide * 1.702).sigmoid();
        Tensor error = (GeluActivation.Quick(input).to(float64) - expected).abs();
        Assert.True(error.le((expected.abs() * 5e-6) + 1e-12).all().item<bool>());
    }

    // With s the sigmoid of v = 2u, an error of v times s (1 − s) |v|, which is at most 0.224: three roundings give 4e-8, an exponential
    // with an error of two units in the last place at most 6e-8, and sum, quotient and product half a unit each, 1.8e-7; times |x|.
    [Fact]
    public void Tanh_is_within_its_roundings()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = linspace(-30, 30, 100_001, dtype: float32);
        Tensor wide = input.to(float64);
        Tensor expected = wide * 0.5 * (1 + (Math.Sqrt(2 / Math.PI) * (wide + (0.044715 * wide.pow(3)))).tanh());
        Tensor error = (GeluActivation.Tanh(input).to(float64) - expected).abs();
        Assert.True(error.le((wide.abs() * 3e-7) + 1e-12).all().item<bool>(), $"{(error / wide.abs()).max().ToDouble()}");
    }

    // gelu_pytorch_tanh of transformers in float64: 0.5 · x · (1 + tanh(√(2/π) · (x + 0.044715 x³))), computed with Python's math module.
    // For −1 the exact form gives −0.158655, and 1.702 in a sigmoid −0.154186.
    [Theory]
    [InlineData(-3, -0.0036373920817729943)]
    [InlineData(-1, -0.15880800939172324)]
    [InlineData(-0.5, -0.15428599017485606)]
    [InlineData(0.5, 0.34571400982514394)]
    [InlineData(2, 1.954597694087775)]
    public void Tanh_gives_the_values_of_transformers(float input, double expected)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Assert.Equal(expected, GeluActivation.Tanh(tensor([input])).ToDouble(), 1e-6);
        Assert.Equal(expected, GeluActivation.Tanh(tensor([(double)input])).ToDouble(), 1e-15);
    }

    [Theory]
    [InlineData(nameof(GeluActivation.Exact))]
    [InlineData(nameof(GeluActivation.Quick))]
    [InlineData(nameof(GeluActivation.Tanh))]
    public void A_number_gives_the_same_bits_at_any_place(string form)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(5, CPU);
        Tensor input = randn([100_003], generator: generator);
        Tensor all = Apply(form, input);
        foreach ((long start, long count) in new (long, long)[] { (0, 1), (17, 33), (99_990, 13), (1, 70_001) })
        {
            Tensor part = Apply(form, input.narrow(0, start, count).contiguous());
            Assert.Equal(all.narrow(0, start, count).data<float>().ToArray(), part.data<float>().ToArray());
        }
    }

    // All 65,280 finite numbers of the type except 17, so that some are in an incomplete vector.
    [Theory]
    [InlineData(nameof(GeluActivation.Exact))]
    [InlineData(nameof(GeluActivation.Quick))]
    [InlineData(nameof(GeluActivation.Tanh))]
    public void In_bfloat16_it_is_rounded_once(string form)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = tensor([.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.Int32BitsToSingle(bits << 16))
            .Where(float.IsFinite).Skip(17)]);
        Tensor exact = Apply(form, input);
        Tensor rounded = input.to(bfloat16);
        Tensor actual = Apply(form, rounded);
        Assert.Equal(bfloat16, actual.dtype);
        Assert.Equal(exact.to(bfloat16).to(float32).data<float>().ToArray(), actual.to(float32).data<float>().ToArray());
    }

    [Fact]
    public void Infinity_and_NaN_give_their_limits()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = tensor([float.NaN, float.PositiveInfinity, 100, 0, -100]);
        Assert.Equal([float.NaN, float.PositiveInfinity, 100, 0, 0], GeluActivation.Exact(input).data<float>());
        Assert.Equal([float.NaN, float.PositiveInfinity, 100, 0, 0], GeluActivation.Quick(input).data<float>());
        Assert.Equal([float.NaN, float.PositiveInfinity, 100, 0, 0], GeluActivation.Tanh(input).data<float>());
    }

    private static Tensor Apply(string form, Tensor values) => form switch
    {
        nameof(GeluActivation.Exact) => GeluActivation.Exact(values),
        nameof(GeluActivation.Quick) => GeluActivation.Quick(values),
        _ => GeluActivation.Tanh(values),
    };
}
