using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class LinearOperatorTests
{
    // Sums of float32 differ by their order (a few units of 2^-24 of the sum of absolute products); then one rounding to 8 bits.
    [Theory]
    [InlineData(1, 1536, 256, true)]
    [InlineData(1, 1536, 259, false)]
    [InlineData(1, 64, 2050, true)]
    [InlineData(1, 992, 300, false)]
    [InlineData(1, 8960, 70, true)]
    [InlineData(3, 512, 301, true)]
    public void A_row_of_bfloat16_gives_the_exact_product_rounded_once(int rows, int width, int outputs, bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(29, CPU);
        Tensor input = randn([rows, width], generator: generator).bfloat16();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16();
        Tensor? bias = hasBias ? randn([outputs], generator: generator).bfloat16() : null;

        Tensor actual = LinearOperator.Apply(input, weight, bias);

        Assert.Equal(ScalarType.BFloat16, actual.dtype);
        Assert.Equal([rows, outputs], actual.shape);
        Tensor exact = nn.functional.linear(input.to(float64), weight.to(float64), bias?.to(float64));
        Tensor magnitude = nn.functional.linear(input.to(float64).abs(), weight.to(float64).abs(), bias?.to(float64).abs());
        Tensor allowed = (exact.abs() * Math.Pow(2, -8)) + (magnitude * 16 * Math.Pow(2, -24));
        Assert.True((actual.to(float64) - exact).abs().le(allowed).all().item<bool>());
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(31, CPU);
        Tensor input = randn([1, 1024], generator: generator).bfloat16();
        Tensor weight = randn([777, 1024], generator: generator).bfloat16();
        int threads = get_num_threads();
        Tensor several = LinearOperator.Apply(input, weight);
        try
        {
            set_num_threads(1);
            Assert.True(several.equal(LinearOperator.Apply(input, weight)).all().item<bool>());
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Fact]
    public void Infinity_and_NaN_come_through()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor input = ones([1, 1, 512], dtype: ScalarType.BFloat16);
        Tensor weight = ones([300, 512], dtype: ScalarType.BFloat16);
        weight[1, 3] = tensor(float.PositiveInfinity).bfloat16();
        weight[2, 4] = tensor(float.NaN).bfloat16();
        float[] values = LinearOperator.Apply(input, weight).to(float32).data<float>().ToArray();
        Assert.Equal([512f, float.PositiveInfinity, float.NaN, 512f], values[..4]);
    }

    [Fact]
    public void With_gradient_it_is_the_general_product()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones([1, 512], dtype: ScalarType.BFloat16);
        Tensor weight = ones([300, 512], dtype: ScalarType.BFloat16, requires_grad: true);
        LinearOperator.Apply(input, weight).sum().backward();
        Assert.Equal(300 * 512, weight.grad!.to(float32).sum().item<float>());
    }
}
