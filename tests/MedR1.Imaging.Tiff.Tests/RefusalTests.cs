using MedR1.TestSupport;

namespace MedR1.Imaging.Tiff.Tests;

public sealed class RefusalTests
{
    private static readonly TiffImageDecoder s_decoder = new();

    // Little endian; the first entry of the directory is the width, each has 12 bytes: tag, type, count and value.
    private static readonly byte[] s_gray = GoldenTiff.Read("white-4.tif");

    [Fact]
    public void Other_formats_go_to_the_other_decoder()
    {
        using SkiaSharp.SKBitmap bitmap = new(2, 1);
        bitmap.SetPixel(1, 0, new SkiaSharp.SKColor(10, 20, 30));
        byte[] png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100).ToArray();

        Assert.Equal([10, 20, 30], s_decoder.Decode(png).Pixels.Span[3..].ToArray());
        Assert.Equal(ImageFormat.Png, s_decoder.ReadHeader(png).Format);
        Assert.Throws<ImageFormatException>(() => s_decoder.Decode("no image"u8.ToArray()));
    }

    [Fact]
    public void The_limits_of_the_options_hold()
    {
        Assert.Throws<ImageTooLargeException>(() => s_decoder.Decode(s_gray, new ImageDecodeOptions { MaxPixels = 100 }));
        Assert.Throws<ImageTooLargeException>(() => s_decoder.Decode(s_gray, new ImageDecodeOptions { MaxBytes = 100 }));
    }

    // 2^31 rows in strips of one row would be an array of 2^31 offsets.
    [Theory]
    [InlineData(257, 0x8000_0000, "pixels need")]
    [InlineData(256, 0, "declares 0 x")]
    [InlineData(322, 0, "in parts of 0 x")]
    [InlineData(258, 32, "32 bits")]
    [InlineData(262, 8, "photometric interpretation 8")]
    public void A_directory_that_does_not_fit_is_refused_before_anything_is_allocated(int tag, uint value, string fault) =>
        Assert.Contains(fault, Refusal(With(s_gray, tag, value)));

    [Fact]
    public void Strips_outside_of_the_file_are_refused()
    {
        byte[] strip = GoldenTiff.Read("pillow-l-none.tif");
        Assert.Contains("lies outside of its", Refusal(With(strip, 279, 0x7000_0000)));
        Assert.Contains("lie outside of its", Refusal(With(s_gray, 324, uint.MaxValue)));
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        for (int length = 4; length < s_gray.Length - 1; length++)
        {
            Refusal(s_gray[..length]);
        }
    }

    [Theory]
    [InlineData("pillow-rgb-lzw.tif")]
    [InlineData("palette-8-tiled.tif")]
    [InlineData("pillow-1-group4.tif")]
    [InlineData("pillow-rgb-jpeg.tif")]
    [InlineData("rgb-planes.tif")]
    public void A_damaged_file_is_read_or_refused(string file)
    {
        int refused = FileDamage.Check(
            GoldenTiff.Read(file), 60, seed: 1, damaged => s_decoder.Decode(damaged, new ImageDecodeOptions { MaxPixels = 1 << 20 }),
            exception => exception is ImageFormatException or ImageTooLargeException);
        Assert.InRange(refused, 5, 60);
    }

    private static string Refusal(byte[] file) =>
        Assert.Throws<ImageFormatException>(() => s_decoder.Decode(file)).Message;

    // The file with another value of a tag, which has one.
    private static byte[] With(byte[] file, int tag, uint value)
    {
        byte[] changed = [.. file];
        int directory = BitConverter.ToInt32(changed, 4), count = BitConverter.ToUInt16(changed, directory);
        int entry = Enumerable.Range(0, count).Select(i => directory + 2 + i * 12)
            .First(at => BitConverter.ToUInt16(changed, at) == tag);
        BitConverter.GetBytes(value).CopyTo(changed, entry + 8);
        return changed;
    }
}
