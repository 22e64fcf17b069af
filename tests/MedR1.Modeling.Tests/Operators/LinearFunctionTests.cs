using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

public class LinearFunctionTests
{
    // Sizes that are multiples of tiles of 8 rows by 32 columns and of sums of 512, and others.
    [Theory]
    [InlineData(64, 128, 96, true)]
    [InlineData(67, 130, 101, true)]
    [InlineData(3, 1100, 520, false)]
    [InlineData(257, 33, 1057, true)]
    [InlineData(1100, 16, 40, false)]
    public void Values_and_gradients_are_exact_up_to_rounding(int rows, int width, int outputs, bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(31, CPU);
        Tensor input = randn([rows, width], generator: generator).requires_grad_();
        Tensor weight = randn([outputs, width], generator: generator).requires_grad_();
        Tensor? bias = hasBias ? randn([outputs], generator: generator).requires_grad_() : null;
        Tensor given = randn([rows, outputs], generator: generator);
        if (TileProduct.IsSupported)
        {
            Assert.True(LinearFunction.FitsFloats(input, weight, bias));
        }

        Tensor value = LinearOperator.Apply(input, weight, bias);
        autograd.backward([value], [given]);

        (Tensor x, Tensor w, Tensor dy) = (input.detach().to(float64), weight.detach().to(float64), given.to(float64));
        Tensor exact = x.matmul(w.t());
        Near(bias is null ? exact : exact + bias.detach().to(float64), value.detach(), width);
        Near(dy.matmul(w), input.grad!, outputs);
        Near(dy.t().matmul(x), weight.grad!, rows);
        if (bias is not null)
        {
            Near(dy.sum([0]), bias.grad!, rows);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Only_tensors_that_require_gradients_get_them(bool ofInput, bool ofWeight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones(64, 4, 64, requires_grad: ofInput), weight = ones(128, 64, requires_grad: ofWeight);
        LinearOperator.Apply(input, weight).sum().backward();

        // Sums of 128 ones, and of 256.
        Assert.Equal(ofInput ? 128.0 : 0, input.grad?.max().ToDouble() ?? 0);
        Assert.Equal(ofWeight ? 256.0 : 0, weight.grad?.min().ToDouble() ?? 0);
        Assert.Equal(ofInput, input.grad?.shape.SequenceEqual(input.shape) ?? false);
    }

    [Fact]
    public void An_input_that_is_not_contiguous_gets_gradients_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(37, CPU);
        Tensor source = randn([64, 80], generator: generator).requires_grad_();
        Tensor weight = randn([96, 64], generator: generator).requires_grad_();
        Tensor given = randn([96, 80], generator: generator).t();
        autograd.backward([LinearOperator.Apply(source.t(), weight)], [given]);
        Near(given.to(float64).matmul(weight.detach().to(float64)).t(), source.grad!, 96);
        Near(given.t().to(float64).matmul(source.detach().t().to(float64)), weight.grad!, 80);
    }

    // libtorch refuses a backward pass if a saved tensor has changed, and the gradient is NaN then: an input that isn't saved may
    // change.
    [KernelTheory(typeof(TileProduct))]
    [InlineData(true)]
    [InlineData(false)]
    public void The_input_of_a_frozen_layer_is_not_kept(bool isFrozen)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = ones([64, 64], requires_grad: true);
        Tensor input = source.clone();
        Tensor weight = ones([128, 64], requires_grad: !isFrozen);
        Assert.True(LinearFunction.FitsFloats(input, weight, null));
        Tensor value = LinearFunction.Apply(input, weight, null);
        using (no_grad())
        {
            input.zero_();
        }

        value.sum().backward();
        Assert.Equal(isFrozen ? 128.0 : double.NaN, source.grad!.max().ToDouble());
        if (!isFrozen)
        {
            Assert.Throws<InvalidOperationException>(() => BackwardFailure.OfOperators.ThrowIfAny());
        }
    }

    // The result of a layer does not depend on whether it is recorded.
    [KernelFact(typeof(TileProduct))]
    public void The_forward_pass_gives_the_bits_of_a_product_without_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(41, CPU);
        Tensor input = randn([77, 96], generator: generator);
        Tensor weight = randn([160, 96], generator: generator).requires_grad_();
        Tensor bias = randn([160], generator: generator);
        Tensor recorded = LinearOperator.Apply(input, weight, bias);
        using IDisposable noGradient = no_grad();
        Assert.True(LinearOperator.Apply(input, weight, bias).equal(recorded).all().item<bool>());
    }

    // Half a unit in the last place of float32 per rounding, for sums of at most five times their usual size √terms.
    private static void Near(Tensor exact, Tensor actual, int terms)
    {
        double error = (actual.to(float64) - exact).abs().max().ToDouble();
        Assert.True(error <= 5 * Math.Sqrt(terms) * (terms + 1) * Math.Pow(2, -24), $"largest error {error} of {terms} terms");
    }
}
