namespace MedR1.Imaging.Tests;

public sealed class GifTests
{
    private static readonly SkiaImageDecoder Decoder = new();
    private static readonly ImageDecodeOptions Drop = new() { Transparency = Transparency.Drop };

    [Fact]
    public void The_transparent_index_keeps_its_palette_color_when_alpha_is_dropped()
    {
        byte[] file = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3], transparent: 1);

        Assert.Equal(GifFile.Palette, Decoder.Decode(file, Drop).Pixels.ToArray());
    }

    [Fact]
    public void The_transparent_index_becomes_white_by_default()
    {
        byte[] file = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3], transparent: 1);

        Assert.Equal([200, 10, 20, 255, 255, 255, 50, 60, 220, 120, 120, 120], Decoder.Decode(file).Pixels.ToArray());
    }

    // Pillow starts with a screen of zeros, hence of the first palette color.
    [Theory]
    [InlineData(Transparency.Drop)]
    [InlineData(Transparency.CompositeOverWhite)]
    public void Around_an_opaque_frame_the_screen_has_the_first_color(Transparency transparency)
    {
        byte[] file = GifFile.Write(3, 1, 1, 0, 1, 1, [2]);

        RgbImage image = Decoder.Decode(file, new ImageDecodeOptions { Transparency = transparency });

        Assert.Equal([200, 10, 20, 50, 60, 220, 200, 10, 20], image.Pixels.ToArray());
    }

    // Pillow starts with a screen of the transparent index if there is one.
    [Fact]
    public void Around_a_frame_with_a_transparent_index_the_screen_has_that_index()
    {
        byte[] file = GifFile.Write(3, 1, 1, 0, 1, 1, [2], transparent: 3);

        Assert.Equal([120, 120, 120, 50, 60, 220, 120, 120, 120], Decoder.Decode(file, Drop).Pixels.ToArray());
        Assert.Equal([255, 255, 255, 50, 60, 220, 255, 255, 255], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void A_frame_that_exceeds_the_screen_enlarges_it()
    {
        byte[] file = GifFile.Write(1, 1, 1, 0, 1, 1, [2]);

        RgbImage image = Decoder.Decode(file);

        Assert.Equal((2, 1), (image.Width, image.Height));
        Assert.Equal([200, 10, 20, 50, 60, 220], image.Pixels.ToArray());
    }

    // Codes of three bits: 4 clears the table, 0 and 1 are indices, 5 ends, 7 is not yet defined.
    [Theory]
    [InlineData(0b101_001_000_100, "ends after 2 of 2 x 2 pixels")]
    [InlineData(0b000_111_000_100, "ends after 1 of 2 x 2 pixels")]
    [InlineData(0b111_100, "ends after 0 of 2 x 2 pixels")]
    [InlineData(0b110_100, "ends after 0 of 2 x 2 pixels")]
    public void Codes_that_end_early_or_are_invalid_are_refused(int codes, string said)
    {
        byte[] whole = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3]);
        int data = Array.LastIndexOf(whole, (byte)',') + 10;
        byte[] file = [.. whole[..data], 2, 2, (byte)codes, (byte)(codes >> 8), 0, (byte)';'];

        Assert.Contains(said, Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    // Pillow gives these pixels too. Code 6 stands for 1 1 and code 7 for 1 1 1, of which one fits.
    [Fact]
    public void Codes_may_exceed_the_image()
    {
        byte[] file = WithCodes(2, 2, [4, 1, 6, 7], [0, (byte)';']);

        Assert.Equal(Colors(1, 1, 1, 1), Decoder.Decode(file).Pixels.ToArray());
    }

    // Pillow gives these pixels too. Eight codes of three bits are three whole bytes.
    [Fact]
    public void Codes_may_start_without_a_clear_code_and_end_with_the_file()
    {
        byte[] file = WithCodes(6, 1, [1, 3, 4, 0, 2, 4, 3, 1], []);

        Assert.Equal(Colors(1, 3, 0, 2, 3, 1), Decoder.Decode(file).Pixels.ToArray());
    }

    // Each code after the first defines another one, up to 4095; then codes stay 12 bits wide, and the table in use (GIF89a, appendix
    // F). Code 6 + i stands for the indices i and i + 1, so that 4095 stands for 4089 and 4090. Pillow gives these pixels too.
    [Fact]
    public void A_full_table_stays_in_use()
    {
        byte[] indices = [.. Enumerable.Range(0, 4196).Select(i => (byte)(i * i % 7 % 4))];
        List<byte> blocks = [.. FullTable(indices).Chunk(255).SelectMany(block => block.Prepend((byte)block.Length))];
        byte[] any = GifFile.Write(4198, 1, 0, 0, 4198, 1, []);
        byte[] file = [.. any[..(Array.LastIndexOf(any, (byte)',') + 10)], 2, .. blocks, 0, (byte)';'];

        Assert.Equal(Colors([.. indices, indices[4089], indices[4090]]), Decoder.Decode(file).Pixels.ToArray());
    }

    // Graphic controls with the flags 8 (restore the background) and 9 (also transparent), a comment and bytes between the blocks,
    // which Pillow skips. The comment starts with an odd letter, like flags with transparency.
    [Theory]
    [InlineData("21F904090000 01 00", 1)]
    [InlineData("21F904080000 01 00", null)]
    [InlineData("21F904090000 01 00 21FE 05 6162630261 02 6162 00", 1)]
    [InlineData("21F904090000 01 00 21F904080000 02 00", 1)]
    [InlineData("21F904090000 01 00 21F904090000 02 00", 2)]
    [InlineData("0799", null)]
    public void Only_a_graphic_control_makes_an_index_transparent(string blocks, int? transparent)
    {
        byte[] plain = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3]);
        byte[] file = [.. plain[..25], .. Convert.FromHexString(blocks.Replace(" ", "")), .. plain[25..]];
        byte[] expected = [.. GifFile.Palette];
        expected.AsSpan((transparent ?? 0) * 3, transparent is null ? 0 : 3).Fill(255);

        Assert.Equal(expected, Decoder.Decode(file).Pixels.ToArray());
        for (int length = 25; length < file.Length - 3; length++)
        {
            Assert.Throws<ImageFormatException>(() => Decoder.Decode(file.AsMemory(0, length)));
        }
    }

    [Fact]
    public void A_file_that_ends_before_its_first_frame_is_refused()
    {
        byte[] plain = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3]);

        Assert.Throws<ImageFormatException>(() => Decoder.Decode((byte[])[.. plain[..25], (byte)';', .. plain[25..]]));
    }

    [Fact]
    public void An_invalid_code_length_is_refused()
    {
        byte[] file = GifFile.Write(2, 2, 0, 0, 2, 2, [0, 1, 2, 3]);
        file[Array.LastIndexOf(file, (byte)',') + 10] = 12;

        Assert.Contains("start with 12 bits", Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    [Fact]
    public void A_frame_without_pixels_is_refused()
    {
        byte[] file = GifFile.Write(2, 2, 0, 0, 0, 2, []);

        Assert.Contains("0 x 2", Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
    }

    private static byte[] Colors(params byte[] indices) =>
        [.. indices.SelectMany(index => GifFile.Palette.AsSpan(index * 3, 3).ToArray())];

    // Codes that stand for one index each, and the last code of the table.
    private static byte[] FullTable(byte[] indices)
    {
        byte[] data = new byte[indices.Length * 12 / 8 + 2];
        (int bit, int width, int next) = (0, 3, 6);
        foreach (int code in indices.Select(index => (int)index).Append(4095))
        {
            for (int i = 0; i < width; i++, bit++)
            {
                data[bit / 8] |= (byte)((code >> i & 1) << (bit % 8));
            }

            next += bit > width && next < 4096 ? 1 : 0;
            width += next == 1 << width && width < 12 ? 1 : 0;
        }

        return data[..((bit + 7) / 8)];
    }

    // A file with one block of codes of three bits.
    private static byte[] WithCodes(int width, int height, int[] codes, byte[] end)
    {
        byte[] any = GifFile.Write(width, height, 0, 0, width, height, []);
        int data = Array.LastIndexOf(any, (byte)',') + 10;
        int bits = codes.Reverse().Aggregate(0, (sum, code) => sum << 3 | code);
        int count = (codes.Length * 3 + 7) / 8;
        return [.. any[..data], 2, (byte)count, .. BitConverter.GetBytes(bits)[..count], .. end];
    }
}
