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

    // 2^31 - 1 rows are 2^26 rows of tiles, whose offsets would be allocated.
    [Theory]
    [InlineData(257, int.MaxValue, "pixels need")]
    [InlineData(256, 0, "declares 0 x")]
    [InlineData(322, 0, "in parts of 0 x")]
    [InlineData(258, 32, "32 bits")]
    [InlineData(262, 8, "photometric interpretation 8")]
    public void A_directory_that_does_not_fit_is_refused_before_anything_is_allocated(int tag, uint value, string fault) =>
        Assert.Contains(fault, Refusal(With(s_gray, tag, value)));

    // As 32-bit integers, such sizes are negative: a width of -1 and a height of -1 would be one pixel.
    [Theory]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(256, 257)]
    public void Sizes_beyond_the_integers_are_refused(params int[] tags)
    {
        byte[] changed = tags.Append(278).Aggregate(GoldenTiff.Read("pillow-l-none.tif"), (file, tag) => With(file, tag, uint.MaxValue));

        Assert.Contains("4294967295", Refusal(changed));
        Assert.Throws<ImageFormatException>(() => s_decoder.ReadHeader(changed));
    }

    // (2^31 - 1)^2 tiles of one pixel in 2^16 - 1 planes: more than 64 bits can count.
    [Fact]
    public void More_tiles_than_can_be_counted_are_refused()
    {
        (int Tag, uint Value)[] tags = [(256, int.MaxValue), (257, int.MaxValue), (322, 1), (323, 1), (284, 2), (277, ushort.MaxValue)];
        byte[] changed = tags.Aggregate(s_gray, (file, one) => With(file, one.Tag, one.Value));

        Assert.Contains("need 302226842936168184610815 strips or tiles", Refusal(changed));
    }

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
    [InlineData("float-tiled.tif")]
    [InlineData("bigtiff-rgb-tiled.tif")]
    [InlineData("bigtiff-palette-8.tif")]
    public void A_damaged_file_is_read_or_refused(string file)
    {
        int refused = FileDamage.Check(
            GoldenTiff.Read(file), 60, seed: 1, damaged => s_decoder.Decode(damaged, new ImageDecodeOptions { MaxPixels = 1 << 20 }),
            exception => exception is ImageFormatException or ImageTooLargeException);
        Assert.InRange(refused, 5, 60);
    }

    private static string Refusal(byte[] file) =>
        Assert.Throws<ImageFormatException>(() => s_decoder.Decode(file)).Message;

    // The file with another value of a tag, which has one, in 32 bits.
    private static byte[] With(byte[] file, int tag, uint value)
    {
        byte[] changed = [.. file];
        int directory = BitConverter.ToInt32(changed, 4), count = BitConverter.ToUInt16(changed, directory);
        int entry = Enumerable.Range(0, count).Select(i => directory + 2 + i * 12)
            .First(at => BitConverter.ToUInt16(changed, at) == tag);
        BitConverter.GetBytes((ushort)4).CopyTo(changed, entry + 2);
        BitConverter.GetBytes(value).CopyTo(changed, entry + 8);
        return changed;
    }
}
