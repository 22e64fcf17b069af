using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Operators;

// The default type is shared by the process.
[CollectionDefinition(nameof(DefaultTypeTests), DisableParallelization = true)]
[Collection(nameof(DefaultTypeTests))]
public sealed class DefaultTypeTests
{
    [Theory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64)]
    public void Kernels_give_float32_for_any_default_type_of_the_application(ScalarType type)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(5, CPU);
        Tensor input = randn([64, 96], ScalarType.Float32, generator: generator);
        Tensor weight = randn([64, 96], ScalarType.Float32, generator: generator);
        Tensor[] attended = [.. Enumerable.Range(0, 3).Select(_ => randn([6, 2, 32], ScalarType.Float32, generator: generator))];
        Tensor[] before = Compute();
        SetDefault(type);
        try
        {
            Assert.All(before.Zip(Compute()), pair =>
            {
                Assert.Equal(ScalarType.Float32, pair.Second.dtype);
                Assert.True(pair.First.equal(pair.Second).all().item<bool>());
            });
        }
        finally
        {
            SetDefault(ScalarType.Float32);
        }

        // The library never sets it; an application may.
#pragma warning disable RS0030
        static void SetDefault(ScalarType type) => set_default_dtype(type);
#pragma warning restore RS0030

        Tensor[] Compute()
        {
            (Tensor x, Tensor w) = (input.clone().requires_grad_(), weight.clone().requires_grad_());
            Tensor[] qkv = [.. attended.Select(one => one.clone().requires_grad_())];
            Tensor product = LinearOperator.Apply(x, w, null);
            product.sum().backward();
            SequenceLayout layout = SequenceLayout.Whole(2, 3);
            if (!TileProduct.IsSupported)
            {
                return [product.detach(), x.grad!, w.grad!];
            }

            Tensor result = SequenceAttentionFunction.apply(qkv[0], qkv[1], qkv[2], layout);
            result.sum().backward();
            Tensor plain = SequenceAttentionFunction.Forward(attended[0], attended[1], attended[2], layout, null);
            return [product.detach(), x.grad!, w.grad!, result.detach(), plain, .. qkv.Select(one => one.grad!)];
        }
    }
}
