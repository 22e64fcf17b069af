using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

// Called directly, because layers call them only on a processor without AVX-512.
public class LinearFunctionBrainFloatTests
{
    // 3,000 × 1,600 and 2,200 × 2,016 weights are more than are widened at a time; no kernel supports 50 × 33.
    [Theory]
    [InlineData(3, 1600, 3000, true)]
    [InlineData(130, 2016, 2200, false)]
    [InlineData(70, 33, 50, true)]
    public void Values_and_gradients_are_rounded_once(int rows, int width, int outputs, bool hasBias)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(43, CPU);
        Tensor input = randn([rows, width], generator: generator).bfloat16().requires_grad_();
        Tensor weight = randn([outputs, width], generator: generator).bfloat16().requires_grad_();
        Tensor? bias = hasBias ? randn([outputs], generator: generator).bfloat16().requires_grad_() : null;
        Tensor given = randn([rows, outputs], generator: generator).bfloat16();

        Tensor value = LinearFunction.Apply(input, weight, bias);
        autograd.backward([value], [given]);

        RoundedOnce.IsProduct(value, input, weight.t(), bias);
        RoundedOnce.IsProduct(input.grad!, given, weight);
        RoundedOnce.IsProduct(weight.grad!, given.t(), input);
        if (bias is not null)
        {
            RoundedOnce.IsProduct(bias.grad!, ones(rows), given);
        }
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Only_tensors_that_require_gradients_get_them(bool ofInput, bool ofWeight)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor input = ones([64, 4, 64], ScalarType.BFloat16, requires_grad: ofInput);
        Tensor weight = ones([128, 64], ScalarType.BFloat16, requires_grad: ofWeight);
        Tensor value = LinearFunction.Apply(input, weight, null);
        Assert.Equal(ofInput || ofWeight, value.requires_grad);
        if (value.requires_grad)
        {
            value.sum().backward();
        }

        // Sums of 128 ones, and of 256.
        Assert.Equal(ofInput ? 128.0 : 0, input.grad?.max().to(float64).ToDouble() ?? 0);
        Assert.Equal(ofWeight ? 256.0 : 0, weight.grad?.min().to(float64).ToDouble() ?? 0);
        Assert.Equal(ofInput, input.grad?.shape.SequenceEqual(input.shape) ?? false);
    }

    [Fact]
    public void An_input_that_is_not_contiguous_gets_gradients_too()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(47, CPU);
        Tensor source = randn([64, 80], generator: generator).bfloat16().requires_grad_();
        Tensor weight = randn([96, 64], generator: generator).bfloat16().requires_grad_();
        Tensor given = randn([96, 80], generator: generator).bfloat16().t();
        autograd.backward([LinearFunction.Apply(source.t(), weight, null)], [given]);
        RoundedOnce.IsProduct(source.grad!.t(), given, weight);
        RoundedOnce.IsProduct(weight.grad!, given.t(), source.t());
    }

    // libtorch refuses a backward pass if a saved tensor has changed: an input that isn't saved may change.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_input_of_a_frozen_layer_is_not_kept(bool isFrozen)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor source = ones([4, 64], ScalarType.BFloat16, requires_grad: true);
        Tensor input = source.clone();
        Tensor weight = ones([32, 64], ScalarType.BFloat16, requires_grad: !isFrozen);
        Tensor value = LinearFunction.Apply(input, weight, null);
        using (no_grad())
        {
            input.zero_();
        }

        value.sum().backward();
        Assert.Equal(isFrozen ? 32.0 : double.NaN, source.grad!.max().to(float64).ToDouble());
        if (!isFrozen)
        {
            Assert.Throws<InvalidOperationException>(() => BackwardFailure.OfOperators.ThrowIfAny());
        }
    }

    [Fact]
    public void The_forward_pass_gives_the_bits_of_a_product_without_gradient()
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(41, CPU);
        Tensor input = randn([77, 96], generator: generator).bfloat16();
        Tensor weight = randn([160, 96], generator: generator).bfloat16().requires_grad_();
        Tensor recorded = LinearFunction.Apply(input, weight, null);
        using IDisposable noGradient = no_grad();
        Assert.True(LinearOperator.MultiplyBrainFloats(input, weight, null).equal(recorded).all().item<bool>());
    }
}
