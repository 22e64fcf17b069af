namespace MedR1.Imaging;

/// <summary>
/// Applies the color key (tRNS) as Pillow does to images for which the result differs from that of libpng, which scales samples
/// and key alike.
/// </summary>
internal static class PngColorKey
{
    /// <summary>Recomputes alpha for images whose result differs.</summary>
    /// <param name="encoded">The file.</param>
    /// <param name="header">The file's header.</param>
    /// <param name="rgba">The decoded pixels.</param>
    public static void Apply(ReadOnlySpan<byte> encoded, ImageHeader header, Span<byte> rgba)
    {
        bool isGray = header.BitsPerSample < 8 && PngHeader.IsGray(encoded);
        bool isDeepColor = header.BitsPerSample == 16 && PngHeader.IsColor(encoded);
        if (!isGray && !isDeepColor)
        {
            return;
        }

        switch (PngChunks.KeyOf(encoded))
        {
            // With one bit per sample, any key but 0 means white.
            case [ushort key] when header.BitsPerSample == 1:
                byte level = key == 0 ? byte.MinValue : byte.MaxValue;
                Compare(rgba, level, level, level);
                break;

            // Pillow compares samples widened to 8 bits with the key as stored, so that with 2 or 4 bits only black can be
            // transparent, and the high bytes of 16-bit samples with the low bytes of the key.
            case [ushort key]:
                Compare(rgba, (byte)key, (byte)key, (byte)key);
                break;
            case [ushort red, ushort green, ushort blue]:
                Compare(rgba, (byte)red, (byte)green, (byte)blue);
                break;
        }
    }

    private static void Compare(Span<byte> rgba, byte red, byte green, byte blue)
    {
        for (int i = 0; i < rgba.Length; i += 4)
        {
            bool isKey = rgba[i] == red && rgba[i + 1] == green && rgba[i + 2] == blue;
            rgba[i + 3] = isKey ? byte.MinValue : byte.MaxValue;
        }
    }
}
