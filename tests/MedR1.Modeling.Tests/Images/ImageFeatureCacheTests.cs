using TorchSharp;
using TorchSharp.Modules;

using static TorchSharp.torch;

namespace MedR1.Modeling.Tests.Images;

/// <summary>The cache alone; with a tower it is tested in MedR1.Models.Qwen2VL.Tests.</summary>
public sealed class ImageFeatureCacheTests : IDisposable
{
    private readonly Parameter _weight = new(ones(1), requires_grad: false);

    public void Dispose() => _weight.Dispose();

    [Fact]
    public void Equal_images_are_encoded_once_and_returned_in_order()
    {
        using ImageFeatureCache cache = new([_weight], 1000);
        using Tensor features = cache.Of([Image(2), Image(1), Image(2)], Encode);
        Assert.Equal([2f, 2, 1, 1, 2, 2], features.data<float>());
        using Tensor again = cache.Of([Image(1)], Encode);
        Assert.Equal(2, cache.ComputedCount);
        Assert.Equal(2 * 2 * sizeof(float), cache.ByteSize);
    }

    // Features of an image take 8 bytes.
    [Fact]
    public void The_least_recently_used_are_dropped()
    {
        using ImageFeatureCache cache = new([_weight], 16);
        foreach (int number in (int[])[1, 2, 1, 3, 1, 2])
        {
            cache.Of([Image(number)], Encode).Dispose();
        }

        Assert.Equal(4, cache.ComputedCount);
        Assert.Equal(16, cache.ByteSize);
    }

    [Fact]
    public void They_are_valid_while_the_tower_is_frozen_and_the_cache_is_not_disposed()
    {
        using ImageFeatureCache cache = new([_weight], 1000);
        cache.Of([Image(1)], Encode).Dispose();
        Assert.True(cache.AreValid());
        _weight.requires_grad = true;
        Assert.False(cache.AreValid());
        Assert.Equal(0, cache.ByteSize);
        _weight.requires_grad = false;
        cache.Dispose();
        Assert.False(cache.AreValid());
        Assert.Throws<ObjectDisposedException>(() => cache.Of([Image(1)], Encode));
    }

    [Fact]
    public void A_cache_of_nothing_and_features_of_nothing_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageFeatureCache([_weight], 0));
        using ImageFeatureCache cache = new([_weight], 1000);
        Assert.Throws<ArgumentException>(() => cache.Of([], Encode));
    }

    private static EncodedImage Image(int number) => new(new ImageGrid(1, 1, 2), new float[] { number, 0 });

    private static Tensor Encode(EncodedImage image) => full(2, 1, image.Patches.Span[0]);
}
