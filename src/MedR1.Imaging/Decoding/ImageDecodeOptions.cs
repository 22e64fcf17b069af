namespace MedR1.Imaging;

/// <summary>Limits and color rules for decoding an image.</summary>
public sealed record ImageDecodeOptions
{
    /// <summary>The largest <see cref="MaxPixels"/>: four bytes per pixel must fit in one array.</summary>
    public static readonly long MaxPixelsLimit = Array.MaxLength / 4;

    /// <summary>The defaults.</summary>
    public static ImageDecodeOptions Default { get; } = new();

    /// <summary>How transparent pixels are handled.</summary>
    /// <value>The default is <see cref="Transparency.CompositeOverWhite"/>.</value>
    public Transparency Transparency { get; init; } = Transparency.CompositeOverWhite;

    /// <summary>The window for 16-bit gray PNG; null uses the high byte, as for all other 16-bit samples.</summary>
    /// <value>The default is null. Set it for radiographs and CT, whose samples often use only part of the 16 bits.</value>
    public Gray16Window? Gray16Window { get; init; }

    /// <summary>The maximum number of pixels (columns × rows) in an image; decoding takes about seven bytes per pixel.</summary>
    /// <value>The default is 89,478,485, the size above which Pillow warns of a decompression bomb.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above <see cref="MaxPixelsLimit"/>.</exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxPixelsLimit);
            field = value;
        }
    } = 89_478_485;

    /// <summary>The maximum number of bytes in an encoded image.</summary>
    /// <value>The default is 268,435,456 (256 MiB).</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above the maximum array length.</exception>
    public long MaxBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
            field = value;
        }
    } = 256L << 20;

    /// <summary>Throws if a file has more bytes than allowed.</summary>
    /// <param name="encodedBytes">The size of the file, or as much of it as was read.</param>
    /// <exception cref="ImageTooLargeException">The file is too large.</exception>
    public void CheckBytes(long encodedBytes)
    {
        if (encodedBytes > MaxBytes)
        {
            throw new ImageTooLargeException(
                $"The file has {encodedBytes} bytes or more, but at most {MaxBytes} are allowed. "
                + $"Raise {nameof(ImageDecodeOptions)}.{nameof(MaxBytes)} if the file can be trusted.");
        }
    }

    /// <summary>Throws if a header announces more pixels than allowed.</summary>
    /// <param name="header">The header.</param>
    /// <exception cref="ImageTooLargeException">The image is too large.</exception>
    public void CheckPixels(ImageHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header.PixelCount > MaxPixels)
        {
            throw new ImageTooLargeException(
                $"The image declares {header.Width} x {header.Height} = {header.PixelCount} pixels, but at most "
                + $"{MaxPixels} are allowed. Downscale it, or raise {nameof(ImageDecodeOptions)}.{nameof(MaxPixels)} "
                + "if it can be trusted.");
        }
    }
}
