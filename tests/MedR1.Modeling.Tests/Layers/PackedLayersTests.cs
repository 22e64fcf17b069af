using TorchSharp;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Layers;

public class PackedLayersTests
{
    // With fewer rows the weights are read in their stored layout.
    private const int Rows = 70;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(Rows)]
    public void Packed_weights_give_the_exact_product_rounded_once(int rows)
    {
        using DisposeScope scope = NewDisposeScope();
        using Generator generator = new(47, CPU);
        using Projection layer = new(384, 512, true, CPU, ScalarType.BFloat16);
        using IDisposable noGradient = no_grad();
        layer.Weight.copy_(randn([512, 384], generator: generator));
        layer.Bias!.copy_(randn([512], generator: generator));
        Tensor input = randn([rows, 384], generator: generator).bfloat16();
        Tensor exact = nn.functional.linear(input.to(float64), layer.Weight.to(float64), layer.Bias.to(float64));
        Tensor magnitude = nn.functional.linear(
            input.to(float64).abs(), layer.Weight.to(float64).abs(), layer.Bias.to(float64).abs());
        using (new PackedLayers([layer]))
        {
            Tensor error = (layer.call(input).to(float64) - exact).abs();
            Tensor allowed = (exact.abs() * Math.Pow(2, -8)) + (magnitude * 16 * Math.Pow(2, -24));
            Assert.True(error.le(allowed).all().item<bool>());
        }
    }

    [Fact]
    public void After_unpacking_new_weights_are_used()
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenEmbedding table = new(1024, 256, CPU, ScalarType.BFloat16);
        using IDisposable noGradient = no_grad();
        table.Weight.fill_(1);
        Tensor input = ones([Rows, 256], ScalarType.BFloat16);
        using (new PackedLayers([table]))
        {
            Assert.Equal(256, table.Logits(input).max().ToSingle());
        }

        table.Weight.fill_(2);
        Assert.Equal(512, table.Logits(input).min().ToSingle());
    }

    [Fact]
    public void Packed_weights_are_preferred_depending_on_the_processor()
    {
        bool areForFew = PackedWeight.IsSupported && !BrainFloatProduct.IsSupported;
        Assert.Equal(areForFew, PackedLayers.ArePreferred(1));
        Assert.Equal(areForFew, PackedLayers.ArePreferred(8));
        Assert.Equal(PackedWeight.IsSupported, PackedLayers.ArePreferred(Rows));
    }

    [Fact]
    public void With_gradient_the_original_weights_are_used()
    {
        using DisposeScope scope = NewDisposeScope();
        using Projection layer = new(384, 512, false, CPU, ScalarType.BFloat16);
        using (no_grad())
        {
            layer.Weight.fill_(0.5f);
        }

        using PackedLayers packed = new([layer]);
        layer.call(ones([Rows, 384], ScalarType.BFloat16)).sum().backward();
        Assert.Equal(Rows, layer.Weight.grad!.min().ToSingle());
    }

    [KernelFact(typeof(PackedWeight))]
    public void Copies_of_frozen_weights_are_kept_until_the_weights_change()
    {
        using Projection layer = new(384, 512, false, CPU, ScalarType.BFloat16);
        layer.Weight.requires_grad = false;
        layer.Weight.fill_(1);
        Assert.Equal(384 * 512 * 2, layer.BytesToPack);
        using (new PackedLayers([layer], keep: true))
        {
            Assert.Equal(0, layer.BytesToPack);
        }

        Assert.Equal(0, layer.BytesToPack);
        layer.Weight.fill_(2);
        Assert.Equal(384 * 512 * 2, layer.BytesToPack);
        using IDisposable noGradient = no_grad();
        using Tensor input = ones([Rows, 384], ScalarType.BFloat16);
        using (new PackedLayers([layer], keep: true))
        {
            using Tensor result = layer.call(input);
            Assert.Equal(768, result.min().ToSingle());
        }

        layer.Unpack(keep: false);
        Assert.Equal(384 * 512 * 2, layer.BytesToPack);
    }

    [KernelFact(typeof(PackedWeight))]
    public void Copies_of_weights_that_require_gradients_are_freed()
    {
        using Projection layer = new(384, 512, false, CPU, ScalarType.BFloat16);
        new PackedLayers([layer], keep: true).Dispose();
        Assert.Equal(384 * 512 * 2, layer.BytesToPack);
    }

    [Fact]
    public void Nothing_is_packed_that_exceeds_the_memory_of_the_machine()
    {
        HugeLayer layer = new();
        Assert.Null(PackedLayers.TryCreate([layer]));
        Assert.False(layer.IsPacked);
    }

    // Layers that stayed packed would compute with the weights that they have now, whatever an optimizer does.
    [Fact]
    public void If_a_layer_cannot_be_packed_none_stays_packed()
    {
        SmallLayer first = new(), last = new();
        Assert.Throws<OutOfMemoryException>(() => new PackedLayers([first, new SmallLayer { IsFull = true }, last]));
        Assert.False(first.IsPacked);
        Assert.False(last.IsPacked);
    }

    private sealed class SmallLayer : IPackable
    {
        public bool IsFull { get; init; }

        public bool IsPacked { get; private set; }

        public long BytesToPack => 1;

        public void Pack() => IsPacked = !IsFull ? true : throw new OutOfMemoryException();

        public void Unpack(bool keep) => IsPacked = false;
    }

    // Claims to take an exbibyte.
    private sealed class HugeLayer : IPackable
    {
        public bool IsPacked { get; private set; }

        public long BytesToPack => 1L << 60;

        public void Pack() => IsPacked = true;

        public void Unpack(bool keep) => IsPacked = false;
    }
}
