namespace MedR1.Imaging;

/// <summary>The header of an image file. Reading it decodes nothing and allocates almost nothing.</summary>
/// <param name="Format">The file format.</param>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows, at least 1.</param>
/// <param name="BitsPerSample">Bits per sample, or per palette index if there is a palette.</param>
/// <param name="Channels">
/// Samples per pixel: 1 for gray and palettes, 2 with alpha, 3 for color, 4 for CMYK and color with alpha.
/// </param>
public sealed record ImageHeader(ImageFormat Format, int Width, int Height, int BitsPerSample, int Channels)
{
    /// <summary>Columns × rows.</summary>
    public long PixelCount => (long)Width * Height;

    /// <summary>Reads the header of a PNG, JPEG, WebP, BMP or GIF file.</summary>
    /// <param name="encoded">The file's bytes, from the start; what follows the header may be missing.</param>
    /// <exception cref="ImageFormatException">The bytes are not such a file, or its header is truncated or impossible.</exception>
    public static ImageHeader Read(ReadOnlySpan<byte> encoded)
    {
        if (ImageSignature.IsPng(encoded))
        {
            return PngHeader.Read(encoded);
        }

        if (ImageSignature.IsJpeg(encoded))
        {
            return JpegHeader.Read(encoded);
        }

        if (ImageSignature.IsWebP(encoded))
        {
            return WebPHeader.Read(encoded);
        }

        if (ImageSignature.IsGif(encoded))
        {
            return GifHeader.Read(encoded).ToImageHeader();
        }

        if (ImageSignature.IsBmp(encoded))
        {
            return BmpHeader.Read(encoded).ToImageHeader();
        }

        throw HeaderBytes.NotAnImage(encoded);
    }
}
