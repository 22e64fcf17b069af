using SkiaSharp;

namespace MedR1.Imaging.Tests;

public sealed class ColorTests
{
    private static readonly SkiaImageDecoder Decoder = new();
    private static readonly ImageDecodeOptions Drop = new() { Transparency = Transparency.Drop };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 1000)]
    [InlineData(13, 8)]
    public void A_PNG_is_decoded_byte_for_byte(int width, int height)
    {
        RgbImage image = Images.Random(width, height, seed: 2);

        RgbImage decoded = Decoder.Decode(Images.Encode(image, SKEncodedImageFormat.Png));

        Assert.Equal(image.Pixels.ToArray(), decoded.Pixels.ToArray());
    }

    [Fact]
    public void An_image_of_one_column_and_100000_rows_decodes()
    {
        RgbImage image = Images.Random(1, 100_000, seed: 4);

        Assert.Equal(100_000, Decoder.Decode(Images.Encode(image, SKEncodedImageFormat.Png)).Height);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Png)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Dropping_alpha_keeps_the_colors_under_it(SKEncodedImageFormat format)
    {
        byte[] file = Images.EncodeRgba([10, 20, 30, 0, 40, 50, 60, 128], 2, 1, format);
        if (format == SKEncodedImageFormat.Png)
        {
            Assert.Equal([10, 20, 30, 40, 50, 60], Decoder.Decode(file, Drop).Pixels.ToArray());
        }

        RgbImage composited = Decoder.Decode(file);
        Assert.Equal([255, 255, 255], composited.Pixels[..3].ToArray());
    }

    // Pillow's AlphaComposite.c over an opaque background: with a = 128 the front weighs 128·128 and the back 255·128
    // − 128·128
    // of 255·128, so 40 becomes round((40·128 + 255·127) / 255) = round(147.08) = 147.
    [Fact]
    public void Half_transparent_pixels_are_composited_over_white()
    {
        byte[] file = Images.EncodeRgba([40, 50, 60, 128], 1, 1, SKEncodedImageFormat.Png);

        Assert.Equal([147, 152, 157], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Compositing_rounds_to_nearest_for_every_sample_and_alpha()
    {
        for (int alpha = 0; alpha <= 255; alpha++)
        {
            for (int sample = 0; sample <= 255; sample++)
            {
                double exact = (sample * alpha + 255 * (255 - alpha)) / 255.0;
                Assert.Equal(Math.Round(exact), RgbaConversion.OverWhite((byte)sample, (byte)alpha));
            }
        }
    }

    [Fact]
    public void A_color_key_is_composited_or_dropped()
    {
        byte[] file = new PngFile(2, 1, 8, 2) { Transparency = [0, 10, 0, 20, 0, 30] }
            .Write((x, _) => x == 0 ? [10, 20, 30] : [10, 20, 31]);

        Assert.Equal([255, 255, 255, 10, 20, 31], Decoder.Decode(file).Pixels.ToArray());
        Assert.Equal([10, 20, 30, 10, 20, 31], Decoder.Decode(file, Drop).Pixels.ToArray());
    }

    // Pillow 13.0: unpackL2 multiplies samples by 85 and unpackL4 by 17, PngImagePlugin.chunk_tRNS keeps the key unchanged, and
    // ImagingConvertTransparent compares the two in eight bits. So the key 0 makes 0 transparent, and no other key in range
    // has an effect; 85 and 34, out of range, are the samples 1 and 2.
    [Theory]
    [InlineData(2, 0, new byte[] { 255, 85, 170, 255 })]
    [InlineData(2, 1, new byte[] { 0, 85, 170, 255 })]
    [InlineData(2, 3, new byte[] { 0, 85, 170, 255 })]
    [InlineData(2, 85, new byte[] { 0, 255, 170, 255 })]
    [InlineData(4, 0, new byte[] { 255, 17, 34, 51 })]
    [InlineData(4, 1, new byte[] { 0, 17, 34, 51 })]
    [InlineData(4, 15, new byte[] { 0, 17, 34, 51 })]
    [InlineData(4, 34, new byte[] { 0, 17, 255, 51 })]
    public void A_gray_key_of_few_bits_is_compared_with_expanded_samples(byte bits, byte key, byte[] overWhite)
    {
        // Samples 0 to 3 after the filter byte of the row, most significant bits first.
        byte[] row = bits == 2 ? [0, 0b00_01_10_11] : [0, 0x01, 0x23];
        byte[] file = new PngFile(4, 1, bits, 0) { Transparency = [0, key] }.Write(PngFile.Compress(row));
        byte scale = (byte)(bits == 2 ? 85 : 17);

        Assert.Equal(Gray(overWhite), Decoder.Decode(file).Pixels.ToArray());
        Assert.Equal(Gray([0, scale, (byte)(2 * scale), (byte)(3 * scale)]), Decoder.Decode(file, Drop).Pixels.ToArray());
    }

    [Fact]
    public void A_palette_of_few_bits_keeps_its_transparency()
    {
        // Index 1 is transparent, index 0 black.
        byte[] palette = PngFile.Chunk("PLTE"u8, [0, 0, 0, 10, 20, 30]);
        byte[] transparency = PngFile.Chunk("tRNS"u8, [255, 0]);
        byte[] file = new PngFile(2, 1, 2, 3) { Before = [.. palette, .. transparency] }
            .Write(PngFile.Compress([0, 0b00_01_00_00]));

        Assert.Equal([0, 0, 0, 255, 255, 255], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Sixteen_bit_color_keeps_the_high_byte()
    {
        byte[] file = new PngFile(1, 1, 16, 2).Write((_, _) => [10, 255, 20, 200, 30, 0]);

        Assert.Equal([10, 20, 30], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void The_orientation_in_EXIF_is_not_applied()
    {
        byte[] plain = Images.Encode(Images.Random(16, 8, seed: 5), SKEncodedImageFormat.Jpeg, quality: 90);
        // APP1 with one tag in the first directory: 0x0112, orientation, of type SHORT, 6 (a quarter turn).
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8,
            0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        byte[] turned = [.. plain[..2], .. exif, .. plain[2..]];
        using SKCodec codec = SKCodec.Create(new SKMemoryStream(turned));
        Assert.Equal(SKEncodedOrigin.RightTop, codec.EncodedOrigin);

        RgbImage decoded = Decoder.Decode(turned);

        Assert.Equal((16, 8), (decoded.Width, decoded.Height));
        Assert.Equal(Decoder.Decode(plain).Pixels.ToArray(), decoded.Pixels.ToArray());
    }

    [Fact]
    public void One_decoder_serves_several_threads()
    {
        byte[] file = Images.Encode(Images.Random(60, 50, seed: 6), SKEncodedImageFormat.Jpeg, quality: 90);
        byte[] expected = Decoder.Decode(file).Pixels.ToArray();

        Parallel.For(0, 32, _ => Assert.Equal(expected, Decoder.Decode(file).Pixels.ToArray()));
    }

    private static byte[] Gray(byte[] samples) => [.. samples.SelectMany(sample => new[] { sample, sample, sample })];
}
