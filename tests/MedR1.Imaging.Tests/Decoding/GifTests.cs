namespace MedR1.Imaging.Tests;

public sealed class GifTests
{
    private static readonly SkiaImageDecoder Decoder = new();
    private static readonly ImageDecodeOptions Drop = new() { Transparency = Transparency.Drop };

    [Fact]
    public void The_transparent_index_keeps_its_palette_colour_when_alpha_is_dropped()
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

    // Pillow starts from a screen of zeros, hence of the palette's first colour.
    [Theory]
    [InlineData(Transparency.Drop)]
    [InlineData(Transparency.CompositeOverWhite)]
    public void Around_an_opaque_frame_the_screen_has_the_first_colour(Transparency transparency)
    {
        byte[] file = GifFile.Write(3, 1, 1, 0, 1, 1, [2]);

        RgbImage image = Decoder.Decode(file, new ImageDecodeOptions { Transparency = transparency });

        Assert.Equal([200, 10, 20, 50, 60, 220, 200, 10, 20], image.Pixels.ToArray());
    }

    // Pillow starts from a screen of the transparent index where there is one.
    [Fact]
    public void Around_a_frame_with_a_transparent_index_the_screen_has_that_index()
    {
        byte[] file = GifFile.Write(3, 1, 1, 0, 1, 1, [2], transparent: 3);

        Assert.Equal([120, 120, 120, 50, 60, 220, 120, 120, 120], Decoder.Decode(file, Drop).Pixels.ToArray());
        Assert.Equal([255, 255, 255, 50, 60, 220, 255, 255, 255], Decoder.Decode(file).Pixels.ToArray());
    }

    [Fact]
    public void A_frame_that_reaches_past_the_screen_widens_it()
    {
        byte[] file = GifFile.Write(1, 1, 1, 0, 1, 1, [2]);

        RgbImage image = Decoder.Decode(file);

        Assert.Equal((2, 1), (image.Width, image.Height));
        Assert.Equal([200, 10, 20, 50, 60, 220], image.Pixels.ToArray());
    }
}
