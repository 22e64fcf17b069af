namespace MedR1.Imaging.Tiff;

/// <summary>
/// Decodes TIFF and BigTIFF, and all other formats with another decoder, so that a data set may contain both. Of several pages, the first
/// is read.
/// </summary>
/// <remarks>
/// The pixels are those of Pillow's <c>convert("RGB")</c>, orientation included, with two exceptions: 16-bit gray is read as from PNG
/// (high byte, or <see cref="ImageDecodeOptions.Gray16Window"/>), and 16 bits in separate uncompressed planes are read right, where
/// Pillow mixes the bytes up. JPEG inside a TIFF is decoded by another library than Pillow's. A file that ends early or is broken is an
/// error, never an image with gaps. Safe to use from several threads at once.
/// </remarks>
public sealed class TiffImageDecoder : IImageDecoder
{
    private readonly IImageDecoder _others;

    /// <summary>Creates a decoder.</summary>
    /// <param name="others">The decoder of all other formats; null for a <see cref="SkiaImageDecoder"/>.</param>
    public TiffImageDecoder(IImageDecoder? others = null) => _others = others ?? new SkiaImageDecoder();

    /// <inheritdoc/>
    /// <remarks>A TIFF file may have its header at the end, so that the whole file is needed.</remarks>
    public ImageHeader ReadHeader(ReadOnlyMemory<byte> encoded)
    {
        if (!IsTiff(encoded.Span))
        {
            return _others.ReadHeader(encoded);
        }

        using TiffPage page = TiffPage.Open(encoded);
        return page.Header;
    }

    /// <inheritdoc/>
    public RgbImage Decode(ReadOnlyMemory<byte> encoded, ImageDecodeOptions? options = null)
    {
        if (!IsTiff(encoded.Span))
        {
            return _others.Decode(encoded, options);
        }

        options ??= ImageDecodeOptions.Default;
        options.CheckBytes(encoded.Length);
        using TiffPage page = TiffPage.Open(encoded);
        options.CheckPixels(page.Header);
        return TiffColors.ToRgb(page, options);
    }

    private static bool IsTiff(ReadOnlySpan<byte> encoded) => TiffLayout.Of(encoded) is not null;
}
