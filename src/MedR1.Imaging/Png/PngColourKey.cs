namespace MedR1.Imaging;

/// <summary>
/// Compares samples with the colour key (tRNS) as Pillow does where libpng, which scales both alike, does otherwise.
/// </summary>
internal static class PngColourKey
{
    /// <summary>Sets alpha anew in the images that differ.</summary>
    /// <param name="encoded">The file.</param>
    /// <param name="header">Its header.</param>
    /// <param name="rgba">The decoded pixels.</param>
    public static void Apply(ReadOnlySpan<byte> encoded, ImageHeader header, Span<byte> rgba)
    {
        bool isGrey = header.BitsPerSample < 8 && PngHeader.IsGray(encoded);
        bool isDeepColour = header.BitsPerSample == 16 && PngHeader.IsColour(encoded);
        if (!isGrey && !isDeepColour)
        {
            return;
        }

        switch (PngChunks.KeyOf(encoded))
        {
            // With one bit, any key but 0 is white.
            case [ushort key] when header.BitsPerSample == 1:
                byte level = key == 0 ? byte.MinValue : byte.MaxValue;
                Compare(rgba, level, level, level);
                break;

            // Widened samples are compared with the key as it is in the file, so that with 2 or 4 bits only black is ever
            // transparent, and high bytes with the low bytes of a key of 16 bits.
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
