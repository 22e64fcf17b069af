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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_number_gives_the_same_bits_at_any_place(bool isQuick)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(5, CPU);
        Tensor input = randn([100_003], generator: generator);
        Tensor all = Apply(input);
        foreach ((long start, long count) in new (long, long)[] { (0, 1), (17, 33), (99_990, 13), (1, 70_001) })
        {
            Tensor part = Apply(input.narrow(0, start, count).contiguous());
            Assert.Equal(all.narrow(0, start, count).data<float>().ToArray(), part.data<float>().ToArray());
        }

        Tensor Apply(Tensor values) => isQuick ? GeluActivation.Quick(values) : GeluActivation.Exact(values);
    }

    // All 65,280 finite numbers of the type except 17, so that some are in an incomplete vector.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_bfloat16_it_is_rounded_once(bool isQuick)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = tensor([.. Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.Int32BitsToSingle(bits << 16))
            .Where(float.IsFinite).Skip(17)]);
        Tensor exact = isQuick ? GeluActivation.Quick(input) : GeluActivation.Exact(input);
        Tensor rounded = input.to(bfloat16);
        Tensor actual = isQuick ? GeluActivation.Quick(rounded) : GeluActivation.Exact(rounded);
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
    }
}
