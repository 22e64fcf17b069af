using SkiaSharp;

namespace MedR1.Imaging.Tests;

public sealed class ImageHeaderTests
{
    [Theory]
    [InlineData(SKEncodedImageFormat.Png, ImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Jpeg, ImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp, ImageFormat.WebP)]
    public void Reads_headers_written_by_an_encoder(SKEncodedImageFormat written, ImageFormat format)
    {
        foreach (int quality in (int[])[50, 100])
        {
            byte[] file = Images.Encode(Images.Random(37, 21, seed: 1), written, quality);

            Assert.Equal(new ImageHeader(format, 37, 21, 8, 3), ImageHeader.Read(file));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public void Bytes_between_the_segments_of_a_JPEG_are_skipped_like_by_decoders(int place)
    {
        // The first segment after the start is that of JFIF, of 18 bytes.
        byte[] file = Images.Encode(Images.Random(37, 21, seed: 1), SKEncodedImageFormat.Jpeg, 90);
        byte[] stray = [.. file[..place], 0, 7, 0, .. file[place..]];

        Assert.Equal(ImageHeader.Read(file), ImageHeader.Read(stray));
        if (place > 2)
        {
            Assert.Equal(new SkiaImageDecoder().Decode(file).Pixels, new SkiaImageDecoder().Decode(stray).Pixels);
        }
    }

    [Fact]
    public void Reads_alpha_of_WebP()
    {
        byte[] file = Images.EncodeRgba([10, 20, 30, 0, 40, 50, 60, 128], 2, 1, SKEncodedImageFormat.Webp);

        Assert.Equal(new ImageHeader(ImageFormat.WebP, 2, 1, 8, 4), ImageHeader.Read(file));
    }

    // RFC 9649, section 2.7: the flags are 0x20 for an ICC profile, 0x10 for alpha, 8 for EXIF, 4 for XMP and 2 for an animation.
    [Theory]
    [InlineData(0x10, 4)]
    [InlineData(0x2E, 3)]
    public void Reads_alpha_of_an_extended_WebP(byte flags, int channels)
    {
        byte[] file = Bombs.Of("WebP");
        (file[20], file[26]) = (flags, 2);

        // Three bytes each, minus one: 0x2FFFF and 0xFFFF.
        Assert.Equal(new ImageHeader(ImageFormat.WebP, 196_608, 65_536, 8, channels), ImageHeader.Read(file));
        file[15] = (byte)'Y';
        Assert.Throws<ImageFormatException>(() => ImageHeader.Read(file));
    }

    [Fact]
    public void Rejects_a_PNG_header_of_another_type_or_with_a_wrong_check_sum()
    {
        byte[] file = new PngFile(9, 5, 8, 2).Write([]);
        byte[] other = [.. file[..8], .. PngFile.Chunk("IHDX"u8, file.AsSpan(16, 13)), .. file[33..]];
        file[19] ^= 1;

        Assert.Throws<ImageFormatException>(() => ImageHeader.Read(file));
        Assert.Throws<ImageFormatException>(() => ImageHeader.Read(other));
    }

    // Pillow 9.4's Image.new("RGBA", (1, 1)) as lossless WebP: 8 bytes of data, fewer than a lossy header has.
    [Fact]
    public void Reads_the_shortest_WebP()
    {
        byte[] file = Convert.FromHexString("5249464614000000574542505650384C080000002F00000010888808");

        Assert.Equal(new ImageHeader(ImageFormat.WebP, 1, 1, 8, 4), ImageHeader.Read(file));
        Assert.Equal(new byte[] { 255, 255, 255 }, new SkiaImageDecoder().Decode(file).Pixels.ToArray());
        Assert.Throws<ImageFormatException>(() => ImageHeader.Read(file.AsSpan(0, 24)));
        Assert.Throws<ImageFormatException>(() => new SkiaImageDecoder().Decode(file.AsMemory(0, 27)));
    }

    [Theory]
    [InlineData(16, 0, 1)]
    [InlineData(16, 4, 2)]
    [InlineData(8, 2, 3)]
    [InlineData(8, 6, 4)]
    [InlineData(2, 3, 1)]
    public void Reads_depth_and_channels_of_PNG(byte bits, byte color, int channels)
    {
        byte[] file = new PngFile(9, 5, bits, color).Write([]);

        Assert.Equal(new ImageHeader(ImageFormat.Png, 9, 5, bits, channels), ImageHeader.Read(file));
    }

    [Theory]
    [InlineData(7, 0)]
    [InlineData(16, 3)]
    [InlineData(4, 2)]
    [InlineData(8, 5)]
    public void Rejects_depths_that_PNG_does_not_have(byte bits, byte color) =>
        Assert.Throws<ImageFormatException>(() => ImageHeader.Read(new PngFile(9, 5, bits, color).Write([])));

    [Theory]
    [InlineData(0, 5)]
    [InlineData(5, 0)]
    [InlineData(-1, 5)]
    public void Rejects_invalid_sizes(int width, int height)
    {
        ImageFormatException exception = Assert.Throws<ImageFormatException>(
            () => ImageHeader.Read(new PngFile(width, height, 8, 2).Write([])));

        Assert.Contains("1 to 2147483647", exception.Message);
    }

    [Fact]
    public void Reads_BMP_and_GIF()
    {
        Assert.Equal(new ImageHeader(ImageFormat.Bmp, 2, 1, 8, 4), ImageHeader.Read(BmpFile.Write(2, 1, 32, [1, 2])));
        Assert.Equal(new ImageHeader(ImageFormat.Bmp, 2, 1, 5, 3), ImageHeader.Read(BmpFile.Write(2, 1, 16, [1, 2])));
        byte[] gif = GifFile.Write(4, 3, 0, 0, 1, 1, [0]);
        Assert.Equal(new ImageHeader(ImageFormat.Gif, 4, 3, 2, 1), ImageHeader.Read(gif));
    }

    [Fact]
    public void Reads_the_old_BMP_header_of_OS2()
    {
        byte[] file = [.. "BM"u8, .. new byte[12], 12, 0, 0, 0, 7, 0, 5, 0, 1, 0, 24, 0];

        Assert.Equal(new ImageHeader(ImageFormat.Bmp, 7, 5, 8, 3), ImageHeader.Read(file));
    }

    [Fact]
    public void Skips_fill_bytes_and_segments_before_a_JPEG_frame()
    {
        // A comment of two bytes and one of none; TEM and RST, which have no length (T.81, B.1.1.3); tables (DHT), a reserved segment
        // (JPG) and conditions (DAC), whose markers lie among those of frames.
        byte[] file =
        [
            0xFF, 0xD8, 0xFF, 0xFF, 0xFF, 0xFE, 0, 4, 1, 2, 0xFF, 0xFE, 0, 2, 0xFF, 0x01, 0xFF, 0xD0, 0xFF, 0xD7,
            0xFF, 0xC4, 0, 9, 0, 1, 0, 1, 0, 1, 0, 0xFF, 0xC8, 0, 9, 0, 1, 0, 1, 0, 1, 0, 0xFF, 0xCC, 0, 9, 0, 1, 0, 1, 0, 1, 0,
            0xFF, 0xC2, 0, 11, 8, 0, 5, 0, 7, 1, 1, 0x11, 0,
        ];

        Assert.Equal(new ImageHeader(ImageFormat.Jpeg, 7, 5, 8, 1), ImageHeader.Read(file));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xD8, 0x3C, 0x68, 0x74 }, "where a marker")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xFE, 0, 1, 0, 0 }, "a length of 1 bytes")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xDA, 0, 8, 0, 0 }, "before any frame header")]
    [InlineData(new byte[] { 0xFF, 0xD8, 0xFF, 0xFE, 0xFF, 0xFF, 0, 0 }, "truncated")]
    public void Rejects_JPEG_markers_that_lead_nowhere(byte[] file, string said) =>
        Assert.Contains(said, Assert.Throws<ImageFormatException>(() => ImageHeader.Read(file)).Message);
}
