namespace MedR1.Imaging.Tiff.Tests;

/// <summary>Compares with Pillow's <c>convert("RGB")</c>.</summary>
public sealed class PillowTests
{
    private static readonly TiffImageDecoder s_decoder = new();
    private static readonly ImageDecodeOptions s_withoutAlpha = new() { Transparency = Transparency.Drop };

    public static TheoryData<string, int, int, uint> Files()
    {
        TheoryData<string, int, int, uint> files = [];
        foreach ((string file, int width, int height, uint crc) in GoldenTiff.Table())
        {
            files.Add(file, width, height, crc);
        }

        return files;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_pixels_are_those_of_Pillow(string file, int width, int height, uint crc)
    {
        byte[] encoded = GoldenTiff.Read(file);

        RgbImage image = s_decoder.Decode(encoded, s_withoutAlpha);
        ImageHeader header = s_decoder.ReadHeader(encoded);

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(crc, Crc32(image.Pixels.Span));
        Assert.Equal((ImageFormat.Tiff, width, height), (header.Format, header.Width, header.Height));
    }

    [Fact]
    public void Every_kind_of_file_is_in_the_table() => Assert.Equal(42, GoldenTiff.Table().Count);

    // Alpha over white: a transparent pixel is white, an opaque one is itself.
    [Fact]
    public void Alpha_is_put_over_white_unless_it_is_dropped()
    {
        byte[] encoded = GoldenTiff.Read("pillow-rgba-deflate.tif");
        RgbImage over = s_decoder.Decode(encoded), dropped = s_decoder.Decode(encoded, s_withoutAlpha);

        Assert.NotEqual(dropped.Pixels.ToArray(), over.Pixels.ToArray());
        Assert.All(over.Pixels.ToArray().Zip(dropped.Pixels.ToArray()), pair => Assert.True(pair.First >= pair.Second));
    }

    // The upper byte v of a sample lies between 256 v and 256 v + 255.
    [Fact]
    public void A_window_takes_the_range_that_matters_of_16_bit_gray()
    {
        byte[] encoded = GoldenTiff.Read("gray-16-big.tif");
        byte[] upper = s_decoder.Decode(encoded).Pixels.ToArray();
        ImageDecodeOptions half = new() { Gray16Window = new Gray16Window(low: 0, high: 32767) };

        Assert.All(
            s_decoder.Decode(encoded, half).Pixels.ToArray().Zip(upper),
            pair => Assert.InRange(pair.First, Math.Min(255, pair.Second * 2 - 1), Math.Min(255, pair.Second * 2 + 2)));
    }

    // CRC-32 as zlib computes it, bit by bit.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
            }
        }

        return ~crc;
    }
}
