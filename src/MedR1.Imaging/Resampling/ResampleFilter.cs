namespace MedR1.Imaging;

/// <summary>
/// A resampling filter of Pillow. Each is widened by the scale when shrinking, so that nothing aliases.
/// </summary>
public enum ResampleFilter
{
    /// <summary>Cubic convolution with a = −0.5, four taps when enlarging.</summary>
    Bicubic,

    /// <summary>A triangle, two taps when enlarging.</summary>
    Bilinear,

    /// <summary>A windowed sinc of three lobes, six taps when enlarging.</summary>
    Lanczos,
}
