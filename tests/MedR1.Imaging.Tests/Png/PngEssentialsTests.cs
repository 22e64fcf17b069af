using System.Text;

namespace MedR1.Imaging.Tests;

/// <summary>Files that plain libpng decodes differently than Pillow 9.4 and 13.0; the numbers are Pillow's.</summary>
public sealed class PngEssentialsTests
{
    private static readonly SkiaImageDecoder Decoder = new();
    private static readonly ImageDecodeOptions Drop = new() { Transparency = Transparency.Drop };

    // 0 red, 1 green, 2 blue.
    private static readonly byte[] Palette = PngFile.Chunk("PLTE"u8, [200, 10, 20, 30, 210, 40, 50, 60, 220]);

    [Fact]
    public void Indices_beyond_the_palette_are_black()
    {
        byte[] file = new PngFile(4, 1, 8, 3) { Before = Palette }.Write((x, _) => [(byte)x]);

        Assert.Equal([200, 10, 20, 30, 210, 40, 50, 60, 220, 0, 0, 0], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Transparency_may_precede_the_palette_and_exceed_it()
    {
        byte[] file = new PngFile(2, 1, 8, 3) { Transparency = [255, 0, 255, 255, 0], Before = Palette }
            .Write((x, _) => [(byte)x]);

        Assert.Equal([200, 10, 20, 255, 255, 255], Decoder.Decode(file).Pixels.ToArray());
        Assert.Equal([200, 10, 20, 30, 210, 40], Decoder.Decode(file, Drop).Pixels.ToArray());
    }

    // With one bit, two colors are a whole palette. Pillow keeps the last of several tRNS, libpng the first behind the palette.
    [Theory]
    [InlineData("00", "")]
    [InlineData("", "00FF")]
    [InlineData("FF00", "00FF")]
    public void The_last_transparency_counts_wherever_it_is(string before, string behind)
    {
        byte[] palette = PngFile.Chunk("PLTE"u8, [200, 10, 20, 30, 210, 40]);
        foreach (bool isTwice in (bool[])[false, true])
        {
            byte[] twice = isTwice && behind.Length > 0 ? PngFile.Chunk("tRNS"u8, [255, 0]) : [];
            byte[] file = new PngFile(2, 1, 1, 3) { Before = [.. Transparent(before), .. palette, .. twice, .. Transparent(behind)] }
                .Write(PngFile.Compress([0, 0x40]));

            Assert.Equal([255, 255, 255, 30, 210, 40], Decoder.Decode(file).Pixels.ToArray());
        }

        static byte[] Transparent(string opacities) =>
            opacities.Length == 0 ? [] : PngFile.Chunk("tRNS"u8, Convert.FromHexString(opacities));
    }

    // Pillow reads the key's first two bytes; libpng ignores a key of any other length.
    [Fact]
    public void A_gray_key_may_be_too_long()
    {
        byte[] file = new PngFile(2, 1, 8, 0) { Transparency = [0, 7, 0, 0] }.Write((x, _) => [(byte)(7 + x)]);

        Assert.Equal([255, 255, 255, 8, 8, 8], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void An_unknown_critical_chunk_is_skipped()
    {
        byte[] file = new PngFile(1, 1, 8, 0) { Before = PngFile.Chunk("ABCD"u8, [1]) }.Write((_, _) => [7]);

        Assert.Equal([7, 7, 7], Decoder.Decode(file).Pixels.ToArray());
    }

    // Pillow accepts the word characters of a regular expression (\w), before and after the pixels; libpng does not.
    [Theory]
    [InlineData("ab_d")]
    [InlineData("_BCD")]
    [InlineData("a1C2")]
    public void A_chunk_with_digits_or_underscores_in_its_type_is_skipped(string type)
    {
        byte[] odd = PngFile.Chunk(Encoding.ASCII.GetBytes(type), [1]);
        byte[] file = new PngFile(1, 1, 8, 0) { Before = odd, Behind = odd }.Write((_, _) => [7]);

        Assert.Equal([7, 7, 7], Decoder.Decode(file).Pixels.ToArray());
    }

    // Pillow treats any key except 0 as white; 4 black, 4 white pixels.
    [Theory]
    [InlineData(2, 0, 255)]
    [InlineData(0, 255, 255)]
    public void A_key_of_one_bit_is_black_or_white(byte key, byte black, byte white)
    {
        byte[] file = new PngFile(8, 1, 1, 0) { Transparency = [0, key] }.Write(PngFile.Compress([0, 0x0F]));

        byte[] pixels = Decoder.Decode(file).Pixels.ToArray();

        Assert.Equal((black, white), (pixels[0], pixels[^1]));
    }

    [Fact]
    public void High_bytes_of_colors_are_compared_with_the_low_bytes_of_a_key()
    {
        // The key itself, its low bytes, and three colors that differ from those in one sample.
        byte[][] colors =
            [[1, 2, 3, 4, 5, 6], [2, 9, 4, 9, 6, 9], [3, 9, 4, 9, 6, 9], [2, 9, 5, 9, 6, 9], [2, 9, 4, 9, 7, 9]];
        byte[] file = new PngFile(5, 1, 16, 2) { Transparency = [1, 2, 3, 4, 5, 6] }.Write((x, _) => colors[x]);

        Assert.Equal([1, 3, 5, 255, 255, 255, 3, 4, 6, 2, 5, 6, 2, 4, 7], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void Pixels_interrupted_by_another_chunk_are_refused()
    {
        byte[] data = PngFile.Compress([0, 1, 2, 3]);
        byte[] file = new PngFile(3, 1, 8, 0)
        {
            Behind = [.. PngFile.Chunk("tEXt"u8, [65, 0, 66]), .. PngFile.Chunk("IDAT"u8, data[5..])],
        }.Write(data[..5]);

        AssertBroken(file, "after other chunks");
    }

    [Fact]
    public void A_wrong_check_sum_of_an_irrelevant_chunk_is_refused()
    {
        byte[] chunk = PngFile.Chunk("pHYs"u8, new byte[9]);
        chunk[^1] ^= 1;

        AssertBroken(new PngFile(1, 1, 8, 0) { Before = chunk }.Write((_, _) => [7]), "checksum of the chunk at byte 33");
    }

    [Fact]
    public void Chunks_that_are_too_short_are_refused()
    {
        AssertBroken(
            new PngFile(1, 1, 8, 0) { Before = PngFile.Chunk("gAMA"u8, [0, 1]) }.Write((_, _) => [7]),
            "gAMA chunk has 2 bytes instead of 4");
        AssertBroken(new PngFile(1, 1, 8, 2) { Transparency = [0, 1] }.Write((_, _) => [7, 7, 7]), "2 bytes instead of 6");
    }

    [Theory]
    [InlineData("61FF0001")]
    [InlineData("61622D64")]
    public void A_type_with_other_characters_is_refused(string type) => AssertBroken(
        new PngFile(1, 1, 8, 0) { Before = PngFile.Chunk(Convert.FromHexString(type), []) }.Write((_, _) => [7]),
        $"the type of the chunk at byte 33 is {type} in hexadecimal, but it may contain only letters, digits and underscores");

    [Fact]
    public void Indices_without_a_palette_are_refused() =>
        AssertBroken(new PngFile(1, 1, 8, 3).Write((_, _) => [0]), "no palette");

    [Theory]
    [InlineData(26)]
    [InlineData(27)]
    [InlineData(28)]
    public void Unknown_methods_are_refused(int place)
    {
        byte[] file = new PngFile(1, 1, 8, 0).Write((_, _) => [7]);
        file[place] = 2;
        byte[] header = PngFile.Chunk("IHDR"u8, file.AsSpan(16, 13));
        header.CopyTo(file.AsSpan(8));

        AssertBroken(file, "does not exist");
    }

    [Fact]
    public void A_file_with_only_essential_chunks_is_not_copied()
    {
        ReadOnlyMemory<byte> file = new PngFile(1, 1, 8, 0) { Before = PngFile.Chunk("pHYs"u8, new byte[9]) }
            .Write((_, _) => [7]);

        Assert.True(PngEssentials.Of(file).Equals(file));
    }

    private static void AssertBroken(byte[] file, string said) =>
        Assert.Contains(said, Assert.Throws<ImageFormatException>(() => Decoder.Decode(file)).Message);
}
