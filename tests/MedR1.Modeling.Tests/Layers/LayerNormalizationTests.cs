using MedR1.TestSupport;
using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Layers;

public sealed class LayerNormalizationTests
{
    private const double Epsilon = 1e-5;

    [Theory]
    [InlineData(1, 1, 3)]
    [InlineData(2, 19, 48)]
    [InlineData(3, 400, 67)]
    public void Values_and_gradients_are_exact_up_to_rounding(int batch, int rows, int width)
    {
        using DisposeScope scope = NewDisposeScope();
        using LayerNormalization layer = Layer(width);
        (Tensor input, Tensor given) = Numbers(batch, rows, width);
        Tensor value = layer.forward(input);
        autograd.backward([value], [given]);

        Tensor x = Wide(input), gain = Wide(layer.Weight), bias = Wide(layer.Bias!);
        Tensor centred = x - x.mean([-1], keepdim: true);
        Tensor exact = centred / (centred.square().mean([-1], keepdim: true) + Epsilon).sqrt() * gain + bias;
        autograd.backward([exact], [given.to(float64)]);
        Near(exact.detach(), value.detach(), 1);
        Near(x.grad!, input.grad!, 1);
        Near(gain.grad!, layer.Weight.grad!, batch * rows);
        Near(bias.grad!, layer.Bias!.grad!, batch * rows);
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(false, false, true)]
    public void Only_tensors_that_require_gradients_get_them(bool ofGain, bool ofBias, bool ofInput)
    {
        using DisposeScope scope = NewDisposeScope();
        using LayerNormalization layer = Layer(16);
        layer.Weight.requires_grad = ofGain;
        layer.Bias!.requires_grad = ofBias;
        Tensor input = Numbers(1, 5, 16).Input.detach().requires_grad_(ofInput);
        layer.forward(input).sum().backward();
        Assert.Equal(ofGain, layer.Weight.grad is not null);
        Assert.Equal(ofBias, layer.Bias.grad is not null);
        Assert.Equal(ofInput, input.grad is not null);
        if (ofBias)
        {
            Assert.Equal(Enumerable.Repeat(5f, 16), layer.Bias.grad!.data<float>());
        }
    }

    [Fact]
    public void Values_and_gradients_have_the_same_bits_on_any_number_of_threads()
    {
        using DisposeScope scope = NewDisposeScope();
        float[][] alone = ThreadCounts.Run(1, Compute);
        foreach (int threads in ThreadCounts.Others)
        {
            Assert.Equal(alone, ThreadCounts.Run(threads, Compute));
        }

        using IDisposable noGradient = no_grad();
        using LayerNormalization layer = Layer(67);
        Assert.Equal(alone[0], layer.forward(Numbers(3, 400, 67).Input).data<float>().ToArray());

        static float[][] Compute()
        {
            using LayerNormalization layer = Layer(67);
            (Tensor input, Tensor given) = Numbers(3, 400, 67);
            Tensor value = layer.forward(input);
            autograd.backward([value], [given]);
            return [.. new[] { value.detach(), input.grad!, layer.Weight.grad!, layer.Bias!.grad! }
                .Select(tensor => tensor.data<float>().ToArray())];
        }
    }

    private static LayerNormalization Layer(int width)
    {
        LayerNormalization layer = new(width, Epsilon, CPU, ScalarType.Float32);
        using IDisposable noGradient = no_grad();
        using Generator generator = new(59, CPU);
        layer.Weight.normal_(1, 0.3, generator);
        layer.Bias!.normal_(0, 0.3, generator);
        return layer;
    }

    private static (Tensor Input, Tensor Given) Numbers(int batch, int rows, int width)
    {
        using Generator generator = new(61, CPU);
        Tensor input = randn([batch, rows, width], generator: generator).mul(3).add(1);
        return (input.detach().requires_grad_(), randn([batch, rows, width], generator: generator));
    }

    private static Tensor Wide(Tensor numbers) => numbers.detach().to(float64).requires_grad_();

    // A few roundings of each term, whose sum is √terms times their size.
    private static void Near(Tensor exact, Tensor actual, int terms)
    {
        double error = (actual.to(float64) - exact).abs().max().ToDouble();
        Assert.True(error <= 2e-6 * Math.Max(1, exact.abs().max().ToDouble()) * Math.Sqrt(terms), $"largest error {error}");
    }
}
