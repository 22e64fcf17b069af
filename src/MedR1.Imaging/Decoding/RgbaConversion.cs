namespace MedR1.Imaging;

/// <summary>Converts unpremultiplied RGBA, which most decoders can produce, to RGB.</summary>
public static class RgbaConversion
{
    // Seven extra bits of precision, as in Pillow's AlphaComposite.c.
    private const int PrecisionBits = 7;

    /// <summary>Creates an image from unpremultiplied RGBA pixels.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="rgba"><c>[height, width, 4]</c> bytes.</param>
    /// <param name="transparency">How transparent pixels are handled.</param>
    /// <exception cref="ArgumentException">The number of bytes is not width × height × 4.</exception>
    public static RgbImage ToRgb(
        int width, int height, ReadOnlySpan<byte> rgba, Transparency transparency = Transparency.CompositeOverWhite)
    {
        long expected = (long)width * height * 4;
        if (rgba.Length != expected)
        {
            throw new ArgumentException(
                $"An image of {width} x {height} has {expected} bytes of RGBA, but {rgba.Length} were given.",
                nameof(rgba));
        }

        byte[] rgb = GC.AllocateUninitializedArray<byte>(rgba.Length / 4 * 3);
        if (transparency == Transparency.Drop)
        {
            DropAlpha(rgba, rgb);
        }
        else
        {
            CompositeOverWhite(rgba, rgb);
        }

        return new RgbImage(width, height, rgb);
    }

    /// <summary>Blends one sample over white exactly as Pillow's <c>alpha_composite</c> does.</summary>
    internal static byte OverWhite(byte sample, byte alpha)
    {
        uint front = (uint)alpha << PrecisionBits;
        uint back = (255u << PrecisionBits) - front;
        uint sum = sample * front + 255 * back + (0x80 << PrecisionBits);
        return (byte)(((sum >> 8) + sum) >> 8 >> PrecisionBits);
    }

    private static void DropAlpha(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; from + 3 < rgba.Length && to + 2 < rgb.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
    }

    private static void CompositeOverWhite(ReadOnlySpan<byte> rgba, Span<byte> rgb)
    {
        for (int from = 0, to = 0; from + 3 < rgba.Length && to + 2 < rgb.Length; from += 4, to += 3)
        {
            byte alpha = rgba[from + 3];
            rgb[to] = OverWhite(rgba[from], alpha);
            rgb[to + 1] = OverWhite(rgba[from + 1], alpha);
            rgb[to + 2] = OverWhite(rgba[from + 2], alpha);
        }
    }
}
