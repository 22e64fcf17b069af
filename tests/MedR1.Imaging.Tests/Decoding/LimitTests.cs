using SkiaSharp;

namespace MedR1.Imaging.Tests;

public sealed class LimitTests
{
    private static readonly SkiaImageDecoder Decoder = new();

    [Theory]
    [InlineData("PNG", "100000 x 100000 = 10000000000 pixels")]
    [InlineData("JPEG", "65500 x 65500 = 4290250000 pixels")]
    [InlineData("WebP", "65536 x 65536 = 4294967296 pixels")]
    [InlineData("GIF", "65535 x 65535 = 4294836225 pixels")]
    [InlineData("GIF frame", "65535 x 65535 = 4294836225 pixels")]
    [InlineData("BMP", "100000 x 100000 = 10000000000 pixels")]
    public void Rejects_an_image_whose_header_announces_too_many_pixels_without_allocating(
        string format, string announced)
    {
        byte[] file = Bombs.Of(format);
        Assert.Throws<ImageTooLargeException>(() => Decoder.Decode(file));
        long before = GC.GetAllocatedBytesForCurrentThread();

        ImageTooLargeException exception = Assert.Throws<ImageTooLargeException>(() => Decoder.Decode(file));

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
        Assert.Contains(announced, exception.Message);
        Assert.Contains("at most 89478485", exception.Message);
        Assert.Contains("MaxPixels", exception.Message);
    }

    [Fact]
    public void The_limit_on_pixels_is_inclusive()
    {
        byte[] file = Images.Encode(Images.Random(5, 7, seed: 1), SKEncodedImageFormat.Png);

        Assert.Equal(5, Decoder.Decode(file, new ImageDecodeOptions { MaxPixels = 35 }).Width);
        Assert.Throws<ImageTooLargeException>(() => Decoder.Decode(file, new ImageDecodeOptions { MaxPixels = 34 }));
    }

    [Fact]
    public void The_limit_on_bytes_is_inclusive()
    {
        byte[] file = Images.Encode(Images.Random(5, 7, seed: 1), SKEncodedImageFormat.Png);

        Assert.Equal(5, Decoder.Decode(file, new ImageDecodeOptions { MaxBytes = file.Length }).Width);
        ImageTooLargeException exception = Assert.Throws<ImageTooLargeException>(
            () => Decoder.Decode(file, new ImageDecodeOptions { MaxBytes = file.Length - 1 }));
        Assert.Contains($"{file.Length} bytes", exception.Message);
        Assert.Contains("MaxBytes", exception.Message);
    }

    [Fact]
    public void Options_refuse_limits_above_the_size_of_an_array()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDecodeOptions { MaxPixels = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ImageDecodeOptions { MaxPixels = ImageDecodeOptions.MaxPixelsLimit + 1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDecodeOptions { MaxBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImageDecodeOptions { MaxBytes = long.MaxValue });
    }

    [Fact]
    public void Rows_after_the_last_one_of_a_PNG_are_not_inflated()
    {
        byte[] rows = new byte[4 * (1 + 4 * 2) + 30_000_000];
        byte[] file = new PngFile(4, 4, 16, 0).Write(PngFile.Compress(rows));
        ImageDecodeOptions options = new() { Gray16Window = Gray16Window.FullRange };
        Decoder.Decode(file, options);
        long before = GC.GetAllocatedBytesForCurrentThread();

        Decoder.Decode(file, options);

        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }
}
