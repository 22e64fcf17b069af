using MedR1.TestSupport;

namespace MedR1.Imaging.Tests;

/// <summary>Damages an image of each format, including those of the library's 16-bit reader, and decodes it.</summary>
public sealed class DamagedImageTests
{
    private static readonly SkiaImageDecoder s_decoder = new();

    // A damaged header may announce many pixels; this limits the allocation for them.
    private static readonly ImageDecodeOptions s_options = new()
    {
        MaxPixels = 1 << 20,
        Gray16Window = Gray16Window.FromCenterAndWidth(30_000, 60_000),
    };

    [Theory]
    [InlineData("PNG")]
    [InlineData("PNG16")]
    [InlineData("JPEG")]
    [InlineData("WebP")]
    [InlineData("BMP")]
    [InlineData("GIF")]
    public void A_damaged_image_gives_a_result_or_a_named_exception(string format) => Check(format, 100, seed: 1);

    [Theory]
    [Trait("Tier", "Slow")]
    [InlineData("PNG")]
    [InlineData("PNG16")]
    [InlineData("JPEG")]
    [InlineData("WebP")]
    [InlineData("BMP")]
    [InlineData("GIF")]
    public void Many_damaged_images_give_results_or_named_exceptions(string format) => Check(format, 1000, seed: 2);

    private static void Check(string format, int count, int seed)
    {
        int refused = FileDamage.Check(
            SampleImages.Of(format), count, seed,
            damaged =>
            {
                RgbImage image = s_decoder.Decode(damaged, s_options);
                Assert.Equal(image.Width * image.Height * 3, image.Pixels.Length);
            },
            exception => exception is ImageFormatException or ImageTooLargeException);
        Assert.InRange(refused, count / 10, count);
    }
}
