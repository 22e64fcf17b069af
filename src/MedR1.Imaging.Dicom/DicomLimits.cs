namespace MedR1.Imaging.Dicom;

/// <summary>Limits beyond which a file is rejected.</summary>
public sealed record DicomLimits
{
    /// <summary>The defaults.</summary>
    public static DicomLimits Default { get; } = new();

    /// <summary>The maximum number of bytes in a file.</summary>
    /// <value>The default is 1,073,741,824 (1 GiB).</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above the maximum array length.</exception>
    public long MaxFileBytes
    {
        get;
        init => field = Bytes(value);
    } = 1L << 30;

    /// <summary>The maximum number of bytes that a deflated file may inflate to.</summary>
    /// <value>The default is 1,073,741,824 (1 GiB).</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above the maximum array length.</exception>
    public long MaxInflatedBytes
    {
        get;
        init => field = Bytes(value);
    } = 1L << 30;

    /// <summary>The maximum number of pixels (columns × rows) in a frame.</summary>
    /// <value>The default is 89,478,485, the same as <see cref="ImageDecodeOptions.MaxPixels"/>.</value>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The value is below 1 or above <see cref="ImageDecodeOptions.MaxPixelsLimit"/>.
    /// </exception>
    public long MaxPixels
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ImageDecodeOptions.MaxPixelsLimit);
            field = value;
        }
    } = 89_478_485;

    private static long Bytes(long value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Array.MaxLength);
        return value;
    }
}
