namespace MedR1.Imaging;

/// <summary>Corrects the few pixels in which Skia's readers of GIF, BMP and PNG differ from Pillow.</summary>
internal static class CodecDifferences
{
    /// <summary>Changes RGBA pixels in place; true if the image has become opaque.</summary>
    public static bool Apply(ReadOnlySpan<byte> encoded, ImageHeader header, Span<byte> rgba, Transparency transparency)
    {
        switch (header)
        {
            case { Format: ImageFormat.Gif }:
                return ColourTransparentPixels(encoded, rgba, transparency);
            case { Format: ImageFormat.Bmp, BitsPerSample: 5 }:
                RescaleSamples(rgba, BmpHeader.Read(encoded).GreenBits);
                return true;
            case { Format: ImageFormat.Bmp, Channels: 1 } when BmpHeader.Read(encoded).IsRunLength:
                FillTransparent(rgba, BmpHeader.FirstColour(encoded));
                return true;
            case { Format: ImageFormat.Png, BitsPerSample: 2 or 4 } when PngHeader.IsGray(encoded):
                CompareWithKey(encoded, rgba);
                return false;
            default:
                return false;
        }
    }

    // Skia clears the transparent pixels of a GIF; Pillow keeps the palette's colour for the transparent index. If a frame is
    // smaller than the screen, Pillow fills the rest with that index, or with index 0 if none is transparent.
    private static bool ColourTransparentPixels(ReadOnlySpan<byte> encoded, Span<byte> rgba, Transparency transparency)
    {
        GifHeader header = GifHeader.Read(encoded);
        if (header.TransparentIndex is not null && transparency == Transparency.CompositeOverWhite)
        {
            return false;
        }

        FillTransparent(rgba, header.ColourOf(encoded, header.TransparentIndex ?? 0));
        return true;
    }

    // Run-length encoded bitmaps may also leave out pixels: Skia clears them, Pillow gives them index 0.
    private static void FillTransparent(Span<byte> rgba, (byte Red, byte Green, byte Blue) colour)
    {
        for (int i = 0; i < rgba.Length; i += 4)
        {
            if (rgba[i + 3] == 0)
            {
                (rgba[i], rgba[i + 1], rgba[i + 2], rgba[i + 3]) = (colour.Red, colour.Green, colour.Blue, byte.MaxValue);
            }
        }
    }

    // libpng widens the transparent sample as it does the others; Pillow compares widened samples with the key as stored in the
    // file, so that with 2 or 4 bits only black is ever transparent.
    private static void CompareWithKey(ReadOnlySpan<byte> encoded, Span<byte> rgba)
    {
        if (PngChunks.TransparentGrayOf(encoded) is not ushort key)
        {
            return;
        }

        for (int i = 0; i < rgba.Length; i += 4)
        {
            rgba[i + 3] = rgba[i] == (byte)key ? byte.MinValue : byte.MaxValue;
        }
    }

    // Skia widens five and six bits by repeating the upper ones, Pillow by value * 255 / 31 (or 63), truncated.
    private static void RescaleSamples(Span<byte> rgba, int greenBits)
    {
        int greenShift = 8 - greenBits;
        int greenLargest = (1 << greenBits) - 1;
        for (int i = 0; i < rgba.Length; i += 4)
        {
            rgba[i] = (byte)((rgba[i] >> 3) * 255 / 31);
            rgba[i + 1] = (byte)((rgba[i + 1] >> greenShift) * 255 / greenLargest);
            rgba[i + 2] = (byte)((rgba[i + 2] >> 3) * 255 / 31);
        }
    }
}
