namespace MedR1.Imaging;

/// <summary>The implementation that computes the sums. All give the same bytes; only the speed differs.</summary>
internal enum ResampleKernel
{
    /// <summary>One sample at a time.</summary>
    Scalar,

    /// <summary>Vectors of 128 bits (SSE, Neon).</summary>
    Vector128,

    /// <summary>Vectors of 256 bits (AVX2) along columns, of 128 bits along rows.</summary>
    Vector256,
}
