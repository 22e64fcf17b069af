using System.Buffers.Binary;

namespace MedR1.Imaging.Tests;

public sealed class Gray16Tests
{
    private static readonly SkiaImageDecoder Decoder = new();

    public static TheoryData<byte, bool, int, int> Layouts()
    {
        TheoryData<byte, bool, int, int> layouts = [];
        foreach ((int width, int height) in new[] { (1, 1), (3, 2), (5, 9), (17, 16) })
        {
            for (byte filter = 0; filter <= 4; filter++)
            {
                layouts.Add(filter, false, width, height);
                layouts.Add(filter, true, width, height);
            }
        }

        return layouts;
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Reads_every_filter_and_interlace_method(byte filter, bool isInterlaced, int width, int height)
    {
        ushort[] samples = Samples(width * height, seed: filter);
        byte[] file = Gray(width, height, filter, isInterlaced, samples);

        // Skia keeps the high byte; it is compared below with a window that maps high bytes to the levels 0 to 255.
        byte[] high = Red(Decoder.Decode(file));
        byte[] own = Red(Decoder.Decode(file, Windowed(Gray16Window.FullRange)));

        Assert.Equal(samples.Select(sample => (byte)(sample >> 8)), high);
        Assert.Equal(samples.Select(sample => (byte)Math.Floor(sample / 257.0 + 0.5)), own);
    }

    // From 1000 to 1510, a level has two samples: 1001 is 0.5 and rounds up to 1.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1000, 0)]
    [InlineData(1001, 1)]
    [InlineData(1255, 128)]
    [InlineData(1510, 255)]
    [InlineData(65535, 255)]
    public void A_window_is_stretched_to_all_levels(ushort sample, byte level)
    {
        byte[] file = Gray(1, 1, filter: 0, isInterlaced: false, [sample]);

        RgbImage image = Decoder.Decode(file, Windowed(new Gray16Window(1000, 1510)));

        Assert.Equal([level, level, level], image.Pixels.ToArray());
    }

    [Fact]
    public void Clipping_at_255_equals_Pillow()
    {
        byte[] file = Gray(4, 1, filter: 0, isInterlaced: false, [0, 7, 255, 4000]);

        byte[] pixels = Decoder.Decode(file, Windowed(Gray16Window.CutAt255)).Pixels.ToArray();

        Assert.Equal([0, 0, 0, 7, 7, 7, 255, 255, 255, 255, 255, 255], pixels);
    }

    // DICOM PS3.3 C.11.2.1.2.1: y = ((x − (c − 0.5)) / (w − 1) + 0.5) · 255. With c = 40, w = 400: 0 up to −160, 255
    // from 239 on.
    [Fact]
    public void A_DICOM_window_has_the_ends_defined_by_the_standard()
    {
        Gray16Window window = Gray16Window.FromCenterAndWidth(40, 400);

        Assert.Equal((-160, 239), (window.Low, window.High));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    [InlineData(double.NaN, 5)]
    [InlineData(0, double.PositiveInfinity)]
    public void Rejects_an_empty_window(double low, double high) =>
        Assert.Throws<ArgumentException>(() => new Gray16Window(low, high));

    [Theory]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void Rejects_a_window_width_of_at_most_1(double width) =>
        Assert.Throws<ArgumentException>(() => Gray16Window.FromCenterAndWidth(40, width));

    [Fact]
    public void Alpha_of_16_bit_gray_is_composited_or_dropped()
    {
        byte[] file = new PngFile(2, 1, 16, 4).Write((x, _) => x == 0 ? [0, 100, 0, 0] : [0, 100, 255, 255]);
        ImageDecodeOptions options = Windowed(new Gray16Window(0, 255));

        Assert.Equal([255, 255, 255, 100, 100, 100], Decoder.Decode(file, options).Pixels.ToArray());
        Assert.Equal(
            [100, 100, 100, 100, 100, 100],
            Decoder.Decode(file, options with { Transparency = Transparency.Drop }).Pixels.ToArray());
    }

    [Fact]
    public void A_gray_key_makes_its_sample_transparent()
    {
        byte[] file = new PngFile(2, 1, 16, 0) { Transparency = [0, 100] }.Write((x, _) => [0, (byte)(100 + x)]);

        RgbImage image = Decoder.Decode(file, Windowed(new Gray16Window(0, 255)));

        Assert.Equal([255, 255, 255, 101, 101, 101], image.Pixels.ToArray());
    }

    // bKGD has two bytes too, but a background is not a key.
    [Fact]
    public void A_background_is_not_a_key()
    {
        byte[] file = new PngFile(2, 1, 16, 0) { Before = PngFile.Chunk("bKGD"u8, [0, 100]) }.Write((x, _) => [0, (byte)(100 + x)]);

        RgbImage image = Decoder.Decode(file, Windowed(new Gray16Window(0, 255)));

        Assert.Equal([100, 100, 100, 101, 101, 101], image.Pixels.ToArray());
    }

    // The PNG specification compares all 16 bits: 0x3499 has the high byte 0x34, but is not the key 0x1234.
    [Fact]
    public void A_gray_key_is_compared_with_all_bits_without_a_window_too()
    {
        byte[][] samples = [[0x12, 0x34], [0x34, 0x99], [0x12, 0x35]];
        byte[] file = new PngFile(3, 1, 16, 0) { Transparency = [0x12, 0x34] }.Write((x, _) => samples[x]);

        Assert.Equal([255, 0x34, 0x12], Red(Decoder.Decode(file)));
    }

    [Fact]
    public void Rejects_data_that_ends_before_the_last_row()
    {
        byte[] file = new PngFile(4, 4, 16, 0).Write(PngFile.Compress(new byte[3 * 9]));

        AssertBroken(file, "ends before the last row");
    }

    [Fact]
    public void Rejects_data_that_is_not_a_zlib_stream() =>
        AssertBroken(new PngFile(4, 4, 16, 0).Write([1, 2, 3, 4, 5, 6]), "compressed data");

    [Fact]
    public void Rejects_an_unknown_filter() =>
        AssertBroken(new PngFile(1, 1, 16, 0).Write(PngFile.Compress([5, 0, 0])), "filter 5");

    [Fact]
    public void Rejects_a_file_without_pixels() =>
        AssertBroken(new PngFile(1, 1, 16, 0).Write((byte[]?)null), "no IDAT");

    [Fact]
    public void Rejects_a_wrong_check_sum_of_the_pixels()
    {
        byte[] file = Gray(4, 4, filter: 0, isInterlaced: false, Samples(16, seed: 1));
        file[45] ^= 1;

        AssertBroken(file, "checksum");
    }

    [Fact]
    public void Rejects_a_truncated_file()
    {
        byte[] file = Gray(4, 4, filter: 0, isInterlaced: false, Samples(16, seed: 1));

        AssertBroken(file[..^14], "IEND");
    }

    private static byte[] Red(RgbImage image) => [.. image.Pixels.ToArray().Where((_, i) => i % 3 == 0)];

    private static void AssertBroken(byte[] file, string said)
    {
        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => Decoder.Decode(file, Windowed(Gray16Window.FullRange)));
        Assert.Contains(said, exception.Message);
    }

    private static ImageDecodeOptions Windowed(Gray16Window window) => new() { Gray16Window = window };

    private static byte[] Gray(int width, int height, byte filter, bool isInterlaced, ushort[] samples) =>
        new PngFile(width, height, 16, 0) { Filter = filter, IsInterlaced = isInterlaced }.Write((x, y) =>
        {
            byte[] bytes = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(bytes, samples[y * width + x]);
            return bytes;
        });

    private static ushort[] Samples(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(65_536))];
    }
}
