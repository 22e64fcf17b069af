namespace MedR1.Imaging;

/// <summary>Corrects the few pixels in which Skia's reader of PNG differs from Pillow.</summary>
internal static class CodecDifferences
{
    /// <summary>Changes RGBA pixels in place.</summary>
    public static void Apply(ReadOnlySpan<byte> encoded, ImageHeader header, Span<byte> rgba)
    {
        if (header is { Format: ImageFormat.Png, BitsPerSample: 2 or 4 } && PngHeader.IsGray(encoded))
        {
            CompareWithKey(encoded, rgba);
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
}
