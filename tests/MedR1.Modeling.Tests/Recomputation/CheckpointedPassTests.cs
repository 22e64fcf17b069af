using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Recomputation;

public sealed class CheckpointedPassTests
{
    // Large enough for a product with gradient to use another kernel than libtorch, which sums so many products in another order.
    private const int Rows = 64, Width = 1536;

    // As a layer of the base of an adapter, whose weights are frozen and whose input takes a gradient.
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void A_layer_has_the_same_bits_and_gradients_as_without_recomputation(bool isFrozen, bool inputTakesGradient)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        using Projection layer = new(Width, Width, true, CPU, ScalarType.Float32);
        using (no_grad())
        {
            layer.Weight.copy_(randn([Width, Width], generator: generator));
            layer.Bias!.copy_(randn([Width], generator: generator));
        }

        (layer.Weight.requires_grad, layer.Bias!.requires_grad) = (!isFrozen, !isFrozen);
        Tensor input = randn([Rows, Width], generator: generator).requires_grad_(inputTakesGradient);
        Tensor weights = randn([Rows, Width], generator: generator);
        GradientCheckpointing checkpointing = new(new AdapterHost([])) { IsEnabled = true };

        Tensor plain = layer.call(input);
        float[][] gradients = GradientsOf(plain);
        using CheckpointedPass pass = checkpointing.Begin()!;
        Tensor checkpointed = pass.Run(layer, layer.call, input);
        Assert.Equal(plain.data<float>().ToArray(), checkpointed.data<float>().ToArray());
        Assert.Equal(gradients, GradientsOf(checkpointed));

        float[][] GradientsOf(Tensor output)
        {
            (output * weights).sum().backward();
            Tensor[] takers = [.. new Tensor[] { input, layer.Weight, layer.Bias }.Where(one => one.requires_grad)];
            float[][] values = [.. takers.Select(one => one.grad!.data<float>().ToArray())];
            Array.ForEach(takers, one => one.grad = null);
            return values;
        }
    }
}
