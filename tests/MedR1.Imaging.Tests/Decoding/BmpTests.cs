namespace MedR1.Imaging.Tests;

public sealed class BmpTests
{
    // Blue, green, red, 0.
    private static readonly byte[] RedAndBlue = [0, 0, 255, 0, 255, 0, 0, 0];
    private static readonly SkiaImageDecoder Decoder = new();

    // Pillow: value * 255 / 31 (63 for six bits), truncated: 4 -> 1020 / 31 = 32, 17 -> 139, 33 of 63 -> 133.
    [Fact]
    public void Five_bit_samples_scale_as_in_Pillow()
    {
        byte[] file = BmpFile.Write(2, 1, 16, [4 << 10 | 17 << 5 | 31, 0x7FFF]);

        Assert.Equal([32, 139, 255, 255, 255, 255], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Six_bit_green_scales_as_in_Pillow()
    {
        byte[] file = BmpFile.Write(2, 1, 16, [4 << 11 | 33 << 5 | 17, 0], [0xF800, 0x7E0, 0x1F, 0]);

        Assert.Equal([32, 133, 139, 0, 0, 0], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Every_five_and_six_bit_value_scales_as_in_Pillow()
    {
        for (uint value = 0; value < 64; value++)
        {
            uint five = value / 2;
            RgbImage image = Decoder.Decode(
                BmpFile.Write(1, 1, 16, [five << 11 | value << 5 | five], [0xF800, 0x7E0, 0x1F, 0]));
            byte wideFive = (byte)(five * 255 / 31);
            Assert.Equal([wideFive, (byte)(value * 255 / 63), wideFive], image.Pixels.ToArray());
        }
    }

    // Pillow reads 32 bits without masks as BGRX: the fourth byte isn't alpha.
    [Theory]
    [InlineData(Transparency.Drop)]
    [InlineData(Transparency.CompositeOverWhite)]
    public void The_fourth_byte_without_masks_is_not_alpha(Transparency transparency)
    {
        byte[] file = BmpFile.Write(2, 1, 32, [0x80112233, 0x00445566]);

        RgbImage image = Decoder.Decode(file, new ImageDecodeOptions { Transparency = transparency });

        Assert.Equal([0x11, 0x22, 0x33, 0x44, 0x55, 0x66], image.Pixels.ToArray());
    }

    // Index 0 is red, 1 is blue. The lower row comes first, 1 1 and no more (end of row); in the upper one a jump of 2 skips
    // the first two, and the row ends after the third. Pillow pads with index 0, whatever is transparent.
    [Theory]
    [InlineData(Transparency.Drop)]
    [InlineData(Transparency.CompositeOverWhite)]
    public void Pixels_skipped_by_run_length_encoding_have_the_first_palette_colour(Transparency transparency)
    {
        byte[] file = BmpFile.WriteRunLength(4, 2, RedAndBlue, [2, 1, 0, 0, 0, 2, 2, 0, 1, 1, 0, 0, 0, 1]);

        RgbImage image = Decoder.Decode(file, new ImageDecodeOptions { Transparency = transparency });

        byte[] red = [255, 0, 0];
        byte[] blue = [0, 0, 255];
        Assert.Equal(
            [.. red, .. red, .. blue, .. red, .. blue, .. blue, .. red, .. red], image.Pixels.ToArray());
    }

    [Theory]
    [InlineData(7, new byte[] { 2, 1, 0, 0, 0, 2, 2, 0, 1, 1, 0, 1 })]
    [InlineData(4, new byte[] { 4, 1, 0, 1 })]
    [InlineData(0, new byte[] { 0, 5, 1, 1 })]
    [InlineData(2, new byte[] { 2, 1, 0, 2, 1 })]
    [InlineData(0, new byte[0])]
    public void Run_length_encoding_that_ends_early_is_refused_as_in_Pillow(int pixels, byte[] runs)
    {
        byte[] file = BmpFile.WriteRunLength(4, 2, RedAndBlue, runs);

        ImageFormatException exception = Assert.Throws<ImageFormatException>(() => Decoder.Decode(file));

        Assert.Contains($"ends after {pixels} of 4 x 2 pixels", exception.Message);
    }

    [Fact]
    public void A_jump_past_the_last_pixel_ends_the_image()
    {
        byte[] file = BmpFile.WriteRunLength(4, 2, RedAndBlue, [1, 1, 0, 2, 255, 255]);

        Assert.Equal(4 * 2 * 3, Decoder.Decode(file).Pixels.Length);
    }

    [Fact]
    public void Masks_that_Pillow_does_not_support_are_refused_and_named()
    {
        byte[] file = BmpFile.Write(1, 1, 16, [0], [0xF00, 0xF0, 0xF, 0xF000]);

        Assert.Contains(
            "the masks F00, F0, F and F000", Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    [Fact]
    public void An_alpha_mask_gives_alpha()
    {
        byte[] file = BmpFile.Write(2, 1, 32, [0x00112233, 0xFF445566], [0xFF0000, 0xFF00, 0xFF, 0xFF000000]);

        Assert.Equal([255, 255, 255, 0x44, 0x55, 0x66], Decoder.Decode(file).Pixels.ToArray());
        ImageDecodeOptions drop = new() { Transparency = Transparency.Drop };
        Assert.Equal([0x11, 0x22, 0x33, 0x44, 0x55, 0x66], Decoder.Decode(file, drop).Pixels.ToArray());
    }
}
