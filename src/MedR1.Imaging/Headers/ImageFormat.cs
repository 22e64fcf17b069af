namespace MedR1.Imaging;

/// <summary>An image file format.</summary>
public enum ImageFormat
{
    /// <summary>Portable Network Graphics.</summary>
    Png,

    /// <summary>JPEG, baseline or progressive.</summary>
    Jpeg,

    /// <summary>WebP, lossy or lossless.</summary>
    WebP,

    /// <summary>Windows bitmap.</summary>
    Bmp,

    /// <summary>Graphics Interchange Format; of several frames, the first is used.</summary>
    Gif,

    /// <summary>Tag Image File Format, which <c>MedR1.Imaging.Tiff</c> reads; of several pages, the first is used.</summary>
    Tiff,
}
