namespace MedR1.Imaging.Dicom;

/// <summary>Expands YBR_FULL_422: two pixels are two luma values, a blue and a red difference (PS3.3, C.7.6.3.1.2).</summary>
internal static class SharedChroma
{
    private const int PairBytes = 4;

    /// <summary>Bytes of a stored frame.</summary>
    /// <exception cref="DicomException">Rows have an odd number of pixels.</exception>
    public static long FrameBytes(PixelFormat format) => format.Columns % 2 == 0
        ? format.PixelCount / 2 * (long)PairBytes
        : throw new DicomException($"YBR_FULL_422 needs an even number of columns, but there are {format.Columns}.");

    /// <summary>Three values for each pixel.</summary>
    public static byte[] Expand(ReadOnlySpan<byte> pairs, PixelFormat format)
    {
        byte[] pixels = new byte[format.FrameBytes];
        for (int i = 0; i < format.PixelCount; i++)
        {
            int pair = i / 2 * PairBytes;
            pixels[i * 3] = pairs[pair + i % 2];
            pixels[i * 3 + 1] = pairs[pair + 2];
            pixels[i * 3 + 2] = pairs[pair + 3];
        }

        return pixels;
    }
}
