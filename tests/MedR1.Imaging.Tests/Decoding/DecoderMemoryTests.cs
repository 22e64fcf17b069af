using MedR1.TestSupport;
using SkiaSharp;

namespace MedR1.Imaging.Tests;

/// <summary>Checks that decoding takes no more memory, including native memory, than the limit on pixels allows.</summary>
public sealed class DecoderMemoryTests
{
    // Four bytes for RGBA, three for RGB, up to eight for the coefficients of a progressive JPEG of four components.
    private const int MostBytesPerPixel = 15;

    // Memory of the runtime itself while images are decoded one after another.
    private const long RuntimeBytes = 48L << 20;

    public static TheoryData<string> Formats() => ["PNG", "PNG16", "JPEG", "WebP", "BMP", "GIF"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Damaged_images_take_no_more_memory_than_the_limit_on_pixels_allows(string format) => Check(format, 200, seed: 3);

    [Theory]
    [Trait("Tier", "Slow")]
    [MemberData(nameof(Formats))]
    public void Many_damaged_images_take_no_more_memory_than_the_limit_on_pixels_allows(string format) => Check(format, 3000, seed: 4);

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 90)]
    [InlineData(SKEncodedImageFormat.Jpeg, 90)]
    [InlineData(SKEncodedImageFormat.Webp, 90)]
    [InlineData(SKEncodedImageFormat.Webp, 100)]
    public void An_image_takes_about_seven_bytes_per_pixel(SKEncodedImageFormat format, int quality)
    {
        const int side = 2000;
        byte[] file = Images.Encode(Images.Random(side, side, seed: 5), format, quality);

        (long bytes, int decoded) = DecoderMemory.Measure(file, ".picture", copies: 0, seed: 0, side * side);

        Assert.Equal(1, decoded);
        Assert.InRange(bytes, 6L * side * side, 10L * side * side);
    }

    // 40 texts of 7.9 MB each, compressed to 8 kB; libpng would keep all of them.
    [Theory]
    [InlineData("zTXt", "k\0\0")]
    [InlineData("iTXt", "k\0\u0001\0\0\0")]
    public void Compressed_texts_of_a_PNG_are_not_decompressed(string type, string head)
    {
        byte[] text = [.. head.Select(letter => (byte)letter), .. PngFile.Compress(new byte[7_900_000])];
        byte[] chunk = PngFile.Chunk(type.Select(letter => (byte)letter).ToArray(), text);
        byte[] chunks = [.. Enumerable.Repeat(chunk, 20).SelectMany(bytes => bytes)];
        PngFile plain = new(4, 3, 8, 2);
        byte[] file = new PngFile(4, 3, 8, 2) { Before = chunks, Behind = chunks }.Write(Pixel);

        (long bytes, int decoded) = DecoderMemory.Measure(file, ".png", copies: 0, seed: 0, mostPixels: 100);

        Assert.Equal(1, decoded);
        Assert.InRange(bytes, 0, RuntimeBytes);
        SkiaImageDecoder decoder = new();
        Assert.Equal(decoder.Decode(plain.Write(Pixel)).Pixels.ToArray(), decoder.Decode(file).Pixels.ToArray());
    }

    // libwebp fills five tables of 256 entries of four bytes for each of the 65,536 groups, 320 MiB, plus 0.5 kB each.
    // docs/imaging.md states this cost; if it goes away, the documentation must change too.
    [Fact]
    public void Codes_of_a_lossless_WebP_take_the_documented_memory()
    {
        byte[] file = WebPCodes.Write();
        Assert.InRange(file.Length, 0, 300_000);

        (long bytes, int decoded) = DecoderMemory.Measure(file, ".picture", copies: 0, seed: 0, mostPixels: 1 << 20);

        Assert.Equal(1, decoded);
        Assert.InRange(bytes, 320L << 20, 448L << 20);
    }

    private static byte[] Pixel(int x, int y) => [(byte)(x * 60), (byte)(y * 80), 7];

    private static void Check(string format, int copies, int seed)
    {
        const long mostPixels = 1 << 22;
        (long bytes, int decoded) = DecoderMemory.Measure(
            SampleImages.Of(format), ".picture", copies, seed, mostPixels);
        Assert.InRange(decoded, 0, copies - copies / 10);
        Assert.InRange(bytes, 0, MostBytesPerPixel * mostPixels + RuntimeBytes);
    }
}
