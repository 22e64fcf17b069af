using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Quantization;

public class QuantizedWeightTests
{
    [Fact]
    public void A_row_is_scaled_by_its_largest_weight_and_rounded_to_the_nearest_integer()
    {
        // Scale 2/127: 1 becomes 63.5, rounded to the even neighbour 64; 0.5 becomes 31.75.
        using Projection layer = Layer([1f, -2f, 0.5f, 0f, 0f, 0f, 0f, 0f, 3e-3f, 1e-3f, -1e-3f, 0f], 3, 4);
        Assert.Equal(
            [64, -127, 32, 0, 0, 0, 0, 0, 127, 42, -42, 0], layer.Weight.data<sbyte>().ToArray().Select(code => (int)code));
        Assert.Equal(
            [2f / 127, 0f, 3e-3f / 127], layer.Quantized!.Scale.data<float>().ToArray(), new Operators.Within(1e-9f));
        using Tensor weights = layer.Quantized.Dequantize(ScalarType.Float32);
        Assert.Equal(-2f, weights[0, 1].item<float>(), 1e-6);
        Assert.Equal([0f, 0f, 0f, 0f], weights[1].data<float>().ToArray());
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void No_weight_changes_by_more_than_half_a_step(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        Tensor weights = randn([70, 90], generator: generator).to(type);
        Projection layer = new(90, 70, false, CPU, ScalarType.Float32, isQuantized: true);
        for (int row = 0; row < 70; row += 20)
        {
            layer.Quantized!.TrySetRows(row, weights.narrow(0, row, Math.Min(20, 70 - row)));
        }

        Tensor error = (layer.Quantized!.Dequantize(ScalarType.Float64) - weights.to(float64)).abs();
        Tensor step = weights.to(float64).abs().amax([1], true) / 127;
        Assert.True(error.le(step * 0.5001).all().item<bool>());
        Assert.True(error.max().item<double>() > 0);
    }

    // Float32 sums differ by their order: by a few times 2^-24 of the sum of absolute products. In bfloat16 the result is
    // rounded to 8 bits; with gradient and for many rows, the sum is also rounded before scaling.
    [Theory]
    [InlineData(1, 1536, 256, ScalarType.Float32, true, false)]
    [InlineData(7, 77, 130, ScalarType.Float32, false, false)]
    [InlineData(40, 90, 131, ScalarType.Float32, true, false)]
    [InlineData(40, 90, 131, ScalarType.Float32, true, true)]
    [InlineData(3, 90, 40, ScalarType.Float64, true, false)]
    [InlineData(1, 1537, 259, ScalarType.BFloat16, true, false)]
    [InlineData(8, 256, 300, ScalarType.BFloat16, false, false)]
    [InlineData(50, 256, 300, ScalarType.BFloat16, true, false)]
    [InlineData(1, 1536, 256, ScalarType.BFloat16, false, false)]
    [InlineData(7, 8960, 36, ScalarType.BFloat16, true, false)]
    [InlineData(13, 800, 132, ScalarType.BFloat16, true, false)]
    [InlineData(129, 256, 300, ScalarType.BFloat16, true, false)]
    [InlineData(5, 256, 300, ScalarType.BFloat16, true, true)]
    public void It_gives_the_product_of_the_dequantized_weights(
        int rows, int width, int outputs, ScalarType type, bool hasBias, bool withGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(31, CPU);
        Projection layer = Random(width, outputs, hasBias, type, generator);
        Tensor input = randn([rows, width], generator: generator).to(type);
        Tensor actual;
        using (IDisposable? noGradient = withGradient ? null : no_grad())
        {
            actual = layer.call(withGradient ? input.requires_grad_() : input).detach();
        }

        Assert.Equal(type, actual.dtype);
        Assert.Equal([rows, outputs], actual.shape);
        Tensor weights = layer.Quantized!.Dequantize(ScalarType.Float64);
        Tensor wide = input.detach().to(float64);
        Tensor? bias = layer.Bias?.detach().to(float64);
        Tensor exact = nn.functional.linear(wide, weights, bias);
        Tensor magnitude = nn.functional.linear(wide.abs(), weights.abs(), bias?.abs());
        Tensor unbiased = nn.functional.linear(wide, weights);
        double rounding = type == ScalarType.BFloat16 ? Math.Pow(2, -8) : 0;
        Tensor allowed = (magnitude * 16 * Math.Pow(2, -24)) + ((exact.abs() + unbiased.abs()) * rounding * 1.01);
        Assert.True((actual.to(float64) - exact).abs().le(allowed).all().item<bool>());
    }

    [Theory]
    [InlineData(128, 260)]
    [InlineData(77, 1300)]
    public void A_row_has_the_same_bits_alone_in_a_batch_and_on_any_number_of_threads(int width, int outputs)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Generator generator = new(41, CPU);
        Projection layer = Random(width, outputs, true, ScalarType.Float32, generator);
        Tensor input = randn([143, width], generator: generator);
        RowBits.AreIndependentOfCompanyAndThreads(input, layer.call);
    }

    // The integers are equal and exact in both; float32 sums differ by their order. The rest is rounding.
    [Theory]
    [InlineData(ScalarType.Float32, 1e-5)]
    [InlineData(ScalarType.BFloat16, 0.02)]
    public void Only_the_input_has_a_gradient_and_it_is_that_of_the_dequantized_matrix(
        ScalarType type, double tolerance)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Projection layer = Random(48, 33, true, type, generator);
        Tensor weights = layer.Quantized!.Dequantize(ScalarType.Float32);
        Tensor input = randn([2, 9, 48], generator: generator).to(type);
        Tensor weight = randn([2, 9, 33], generator: generator);
        Tensor own = input.clone().requires_grad_(), plain = input.to(float32).requires_grad_();
        (layer.call(own) * weight).sum().backward();
        (nn.functional.linear(plain, weights) * weight).sum().backward();
        Assert.Equal(type, own.grad!.dtype);
        Tensor error = (own.grad.to(float32) - plain.grad!).abs().max() / plain.grad!.abs().max();
        Assert.True(error.item<float>() < tolerance, $"{error.item<float>()}");
        Assert.All(layer.parameters(), parameter => Assert.False(parameter.requires_grad));
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void A_bias_of_another_length_is_not_read_beyond_its_end(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGradient = no_grad();
        using Projection layer = new(32, 8, false, CPU, type, isQuantized: true);
        Assert.True(layer.Quantized!.TrySetRows(0, ones(8, 32)));
        Tensor input = ones([2, 32], type);

        // 32 products of 1 and 1, exact up to the scale 1 / 127 times the integer 127, and the bias, which libtorch repeats.
        Tensor repeated = layer.Quantized.Apply(input, ones([1], type)).to(float32);
        Assert.All(repeated.data<float>().ToArray(), value => Assert.Equal(33, value, 0.001));
        Assert.ThrowsAny<Exception>(() => layer.Quantized.Apply(input, ones([3], type)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void A_weight_that_is_not_finite_is_refused(float value)
    {
        using Projection layer = new(2, 2, false, CPU, ScalarType.Float32, isQuantized: true);
        using Tensor rows = tensor([1f, value, 2f, 3f], [2, 2]);
        Assert.False(layer.Quantized!.TrySetRows(0, rows));
    }

    [Fact]
    public void A_backward_pass_that_fails_gives_NaN_and_the_next_forward_pass_reports_it()
    {
        using DisposeScope scope = NewDisposeScope();
        Projection layer = Layer([1f, -2f, 0.5f, 3f], 2, 2);
        Tensor input = ones(1, 2, requires_grad: true);
        Tensor output = layer.call(input);
        layer.Weight.Dispose();
        output.sum().backward();
        Assert.True(input.grad!.isnan().all().item<bool>());
        Assert.Contains(
            "gradients are NaN", Assert.Throws<InvalidOperationException>(() => layer.call(input)).Message);
    }

    private static Projection Layer(float[] weights, int outputs, int width)
    {
        Projection layer = new(width, outputs, false, CPU, ScalarType.Float32, isQuantized: true);
        using Tensor rows = tensor(weights, [outputs, width]);
        Assert.True(layer.Quantized!.TrySetRows(0, rows));
        return layer;
    }

    private static Projection Random(int width, int outputs, bool hasBias, ScalarType type, Generator generator)
    {
        Projection layer = new(width, outputs, hasBias, CPU, type, isQuantized: true);
        using IDisposable noGradient = no_grad();
        layer.Quantized!.TrySetRows(0, randn([outputs, width], generator: generator));
        layer.Bias?.copy_(randn([outputs], generator: generator));
        return layer;
    }
}
