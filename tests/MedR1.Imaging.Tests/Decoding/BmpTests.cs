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
    public void Pixels_skipped_by_run_length_encoding_have_the_first_palette_color(Transparency transparency)
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

    // Only a palette whose colors are all (i, i, i) is a gray ramp. Pillow 9.4 gives these colors too.
    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(0, 1, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(1, 1, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    public void A_palette_with_some_channels_of_a_gray_ramp_is_a_palette(byte blue, byte green, byte red)
    {
        byte[] palette = [.. Enumerable.Range(0, 4).SelectMany(i => Scaled(i, blue, green, red).Append((byte)0))];
        byte[] file = BmpFile.WriteRunLength(4, 1, palette, [0, 4, 0, 1, 2, 3]);

        Assert.Equal(Enumerable.Range(0, 4).SelectMany(i => Scaled(i, red, green, blue)), Decoder.Decode(file).Pixels.ToArray());

        static byte[] Scaled(int i, params byte[] factors) => [.. factors.Select(factor => (byte)(factor == 1 ? i : 9))];
    }

    // BITMAPV3INFOHEADER, the shortest one with an alpha mask. It ends within the masks of the longer one.
    [Fact]
    public void An_alpha_mask_in_a_header_of_56_bytes_gives_alpha()
    {
        byte[] longer = BmpFile.Write(2, 1, 32, [0x00112233, 0xFF445566], [0xFF0000, 0xFF00, 0xFF, 0xFF000000]);
        byte[] file = [.. longer[..70], .. longer[^8..]];
        (file[10], file[14]) = (70, 56);

        Assert.Equal([255, 255, 255, 0x44, 0x55, 0x66], Decoder.Decode(file).Pixels.ToArray());
    }

    // Masks follow a header of 40 bytes; where no offset is given, the pixels follow the masks. 0x8410 has 16 of 31, 32 of 63
    // and 16 of 31: 16 * 255 / 31 = 131, 32 * 255 / 63 = 129, as in Pillow 9.4.
    [Fact]
    public void Pixels_without_an_offset_follow_the_masks()
    {
        byte[] longer = BmpFile.Write(1, 1, 16, [0x8410], [0xF800, 0x7E0, 0x1F, 0]);
        byte[] file = [.. longer[..66], .. longer[^4..]];
        (file[10], file[14]) = (0, 40);

        Assert.Equal([131, 129, 131], Decoder.Decode(file).Pixels.ToArray());
        for (int length = 0; length < file.Length - 2; length++)
        {
            Assert.Throws<ImageFormatException>(() => Decoder.Decode(file.AsMemory(0, length)));
        }
    }

    [Fact]
    public void A_palette_image_that_is_cut_off_is_refused()
    {
        // Two rows of one index each, padded to 4 bytes.
        byte[] whole = BmpFile.WriteRunLength(1, 2, RedAndBlue, [0, 0, 0, 0, 1, 0, 0, 0]);
        whole[30] = 0;

        Assert.Equal([0, 0, 255, 255, 0, 0], Decoder.Decode(whole).Pixels.ToArray());
        for (int length = 0; length < whole.Length - 3; length++)
        {
            Assert.Throws<ImageFormatException>(() => Decoder.Decode(whole.AsMemory(0, length)));
        }
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
