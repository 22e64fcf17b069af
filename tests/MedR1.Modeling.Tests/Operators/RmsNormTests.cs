using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class RmsNormTests
{
    private const double Epsilon = 1e-6;

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float16)]
    public void Equals_the_definition_bit_for_bit(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(7, CPU);
        Tensor x = (randn([5, 3, 1536], generator: generator) * 3).to(type);
        Tensor gain = (randn([1536], generator: generator) + 1).to(type);

        Tensor actual = FusedOperators.RmsNorm(x, gain, Epsilon);

        Assert.Equal(type, actual.dtype);
        Tensor expected = Definition(x, gain);
        double difference = (actual.to(float64) - expected.to(float64)).abs().max().item<double>();
        Assert.Equal(0, difference);
    }

    [Fact]
    public void Casts_before_applying_the_gain_and_not_after()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(3, CPU);
        Tensor x = randn([64, 256], generator: generator).bfloat16();
        Tensor gain = (randn([256], generator: generator) + 1).bfloat16();
        Tensor x32 = x.to(float32);
        Tensor castLast = (x32 * rsqrt((x32 * x32).mean([-1], keepdim: true) + Epsilon) * gain.to(float32)).bfloat16();

        Tensor actual = FusedOperators.RmsNorm(x, gain, Epsilon);

        Assert.True(actual.allclose(Definition(x, gain), 0, 0));
        Assert.False(actual.allclose(castLast, 0, 0));
    }

    [Fact]
    public void Works_without_a_gain()
    {
        using Tensor x = tensor(new[] { 3f, 4f });
        using Tensor actual = FusedOperators.RmsNorm(x, null, 0);

        // Mean of squares 12.5, root 3.5355339: 0.84852815 and 1.1313709.
        Assert.Equal([0.84852815f, 1.1313709f], actual.data<float>().ToArray(), new Within(1e-6f));
    }

    [Fact]
    public void Gives_the_gradients_of_the_definition()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor x = randn([4, 32], float64, generator: generator).requires_grad_();
        Tensor gain = randn([32], float64, generator: generator).requires_grad_();
        Tensor weight = randn([4, 32], float64, generator: generator);

        (FusedOperators.RmsNorm(x, gain, Epsilon) * weight).sum().backward();
        (Tensor gradientOfX, Tensor gradientOfGain) = (x.grad!.clone(), gain.grad!.clone());
        x.grad!.zero_();
        gain.grad!.zero_();
        (x * rsqrt((x * x).mean([-1], keepdim: true) + Epsilon) * gain * weight).sum().backward();

        Assert.True(gradientOfX.allclose(x.grad!, 1e-12, 1e-12));
        Assert.True(gradientOfGain.allclose(gain.grad!, 1e-12, 1e-12));
    }

    private static Tensor Definition(Tensor x, Tensor gain)
    {
        Tensor x32 = x.to(float32);
        Tensor normalised = x32 * rsqrt(x32.pow(2).mean([-1], keepdim: true) + Epsilon);
        return normalised.to(x.dtype) * gain;
    }
}
