using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class FloatProductTests
{
    // Float32 sums differ by their order: by a few times 2^-24 of the sum of absolute products.
    [Theory]
    [InlineData(1, 16, 4)]
    [InlineData(5, 17, 7)]
    [InlineData(4, 33, 64)]
    [InlineData(130, 128, 131)]
    [InlineData(3, 5, 1)]
    [InlineData(9, 1536, 300)]
    public void It_gives_the_product(int rows, int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(37, CPU);
        Tensor input = randn([rows, width], generator: generator);
        Tensor weight = randn([outputs, width], generator: generator);
        Tensor bias = randn([outputs], generator: generator);
        Tensor actual = LinearOperator.Apply(input, weight, bias);
        Tensor exact = nn.functional.linear(input.to(float64), weight.to(float64), bias.to(float64));
        Tensor magnitude =
            nn.functional.linear(input.to(float64).abs(), weight.to(float64).abs(), bias.to(float64).abs());
        Assert.Equal([rows, outputs], actual.shape);
        Assert.True((actual.to(float64) - exact).abs().le(magnitude * 8 * Math.Pow(2, -24)).all().item<bool>());
    }

    [Theory]
    [InlineData(128, 260)]
    [InlineData(77, 1300)]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(41, CPU);
        Tensor input = randn([143, width], generator: generator);
        Tensor weight = randn([outputs, width], generator: generator);
        RowBits.AreIndependentOfCompanyAndThreads(input, rows => LinearOperator.Apply(rows, weight));
    }

    [Fact]
    public void A_view_with_gaps_and_more_dimensions_are_supported()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        Tensor wide = randn(3, 5, 40);
        Tensor input = wide.narrow(2, 8, 16);
        Tensor weight = randn(6, 16);
        Tensor actual = LinearOperator.Apply(input, weight);
        Assert.Equal([3, 5, 6], actual.shape);
        Assert.True(allclose(actual, nn.functional.linear(input.contiguous(), weight), 1e-5, 1e-5));
    }
}
