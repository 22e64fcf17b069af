namespace MedR1.Imaging;

/// <summary>From unpremultiplied RGBA to RGB.</summary>
internal static class RgbaConversion
{
    // Seven bits more than a byte, as in Pillow's AlphaComposite.c.
    private const int PrecisionBits = 7;

    public static void ToRgb(ReadOnlySpan<byte> rgba, Span<byte> rgb, Transparency transparency)
    {
        if (transparency == Transparency.Drop)
        {
            DropAlpha(rgba, rgb);
        }
        else
        {
            CompositeOverWhite(rgba, rgb);
        }
    }

    /// <summary>Blends one sample over white exactly as Pillow's <c>alpha_composite</c> does.</summary>
    public static byte OverWhite(byte sample, byte alpha)
    {
        if (alpha == 0)
        {
            return byte.MaxValue;
        }

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
