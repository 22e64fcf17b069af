namespace MedR1.Imaging;

/// <summary>A resampling filter of Pillow. When shrinking, the filter is widened by the scale to avoid aliasing.</summary>
public enum ResampleFilter
{
    /// <summary>Cubic convolution with a = −0.5, four taps when enlarging.</summary>
    Bicubic,

    /// <summary>A triangle, two taps when enlarging.</summary>
    Bilinear,

    /// <summary>A windowed sinc with three lobes, six taps when enlarging.</summary>
    Lanczos,
}
