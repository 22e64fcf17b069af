using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL.Tests;

public sealed class PreparedImagesTests
{
    private const int BytesOfOne = 256 + 100 * sizeof(float);
    private readonly List<string> _prepared = [];

    [Fact]
    public void An_image_is_prepared_once_for_all_sources_that_are_equal()
    {
        PreparedImages images = new(10 * BytesOfOne);
        EncodedImage first = images.Get(new FileImageSource("a.png"), Prepare);
        Assert.Same(first, images.Get(new FileImageSource("a.png"), Prepare));
        Assert.NotSame(first, images.Get(new FileImageSource("b.png"), Prepare));
        Assert.Equal(["a.png", "b.png"], _prepared);
    }

    [Fact]
    public void The_least_recently_used_image_is_evicted_at_the_limit_in_bytes()
    {
        PreparedImages images = new(2 * BytesOfOne);
        foreach (string name in new[] { "a", "b", "a", "c", "a", "b" })
        {
            images.Get(new FileImageSource(name), Prepare);
        }

        Assert.Equal(["a", "b", "c", "b"], _prepared);
    }

    [Fact]
    public void An_image_larger_than_the_limit_is_returned_and_not_kept()
    {
        PreparedImages images = new(BytesOfOne - 1);
        images.Get(new FileImageSource("a"), Prepare);
        images.Get(new FileImageSource("a"), Prepare);
        Assert.Equal(["a", "a"], _prepared);
    }

    [Fact]
    public void A_processor_keeps_images_only_if_configured_to()
    {
        ImageProcessorConfiguration configuration = new() { PatchSize = 2 };
        IImageSource source = new PixelImageSource("gray", new RgbImage(8, 8, new byte[8 * 8 * 3]));
        ImageProcessor forgetful = new(configuration);
        ImageProcessor remembering = new(configuration, new ImageProcessorOptions { CacheBytes = 1 << 20 });
        Assert.NotSame(forgetful.Process(source), forgetful.Process(source));
        EncodedImage kept = remembering.Process(source);
        Assert.Same(kept, remembering.Process(source));
        Assert.Equal(forgetful.Process(source).Patches.ToArray(), kept.Patches.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ImageProcessor(configuration, new ImageProcessorOptions { CacheBytes = -1 }));
    }

    private EncodedImage Prepare(IImageSource source)
    {
        _prepared.Add(source.Name);
        return new EncodedImage(new ImageGrid(1, 2, 2), new float[100]);
    }
}
