namespace MedR1.Imaging;

/// <summary>
/// Computes the size to which Qwen2-VL's preprocessing resamples an image: sides that are multiples of a factor, a number of pixels
/// within limits, and approximately the same aspect ratio.
/// </summary>
public static class SmartResize
{
    /// <summary>The factor of Qwen2-VL: patches of 14 pixels, merged two by two.</summary>
    public const int DefaultFactor = 28;

    /// <summary>The minimum number of pixels in Qwen2-VL's released processor configuration.</summary>
    public const long DefaultMinPixels = 56 * 56;

    /// <summary>The maximum number of pixels in Qwen2-VL's released processor configuration.</summary>
    public const long DefaultMaxPixels = 28 * 28 * 16384;

    /// <summary>The maximum ratio of the longer side to the shorter one.</summary>
    public const int MaxAspectRatio = 200;

    /// <summary>Computes the size.</summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="factor">The factor of which both sides become multiples: patch size × merge size.</param>
    /// <param name="minPixels">The minimum number of pixels in the result.</param>
    /// <param name="maxPixels">
    /// The maximum number of pixels in the result; a tiny image can come out larger, since each side is at least one factor.
    /// </param>
    /// <param name="rule">Which implementation to follow.</param>
    /// <exception cref="AspectRatioException">One side is more than 200 times the other.</exception>
    /// <exception cref="ArgumentException">
    /// A size or limit is below 1, or, under <see cref="SmartResizeRule.QwenVlUtils"/>, the maximum is below the minimum.
    /// </exception>
    public static ImageSize Compute(
        int height,
        int width,
        int factor = DefaultFactor,
        long minPixels = DefaultMinPixels,
        long maxPixels = DefaultMaxPixels,
        SmartResizeRule rule = SmartResizeRule.Transformers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(minPixels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPixels, 1);
        bool isUtils = rule == SmartResizeRule.QwenVlUtils;
        if (isUtils && maxPixels < minPixels)
        {
            throw new ArgumentException(
                $"At most {maxPixels} pixels and at least {minPixels} can't both be satisfied: "
                + "raise maxPixels or lower minPixels.",
                nameof(maxPixels));
        }

        if ((double)Math.Max(height, width) / Math.Min(height, width) > MaxAspectRatio)
        {
            throw new AspectRatioException(height, width);
        }

        // Halves are rounded to the even multiple, as with Python's round.
        long newHeight = (long)Math.Round((double)height / factor) * factor;
        long newWidth = (long)Math.Round((double)width / factor) * factor;
        if (isUtils)
        {
            newHeight = Math.Max(factor, newHeight);
            newWidth = Math.Max(factor, newWidth);
        }

        double pixels = (double)height * width;
        if (newHeight * newWidth > maxPixels)
        {
            double beta = Math.Sqrt(pixels / maxPixels);
            long smallest = isUtils ? 0 : factor;
            newHeight = Math.Max(smallest, (long)Math.Floor(height / beta / factor) * factor);
            newWidth = Math.Max(smallest, (long)Math.Floor(width / beta / factor) * factor);
        }
        else if (newHeight * newWidth < minPixels)
        {
            double beta = Math.Sqrt(minPixels / pixels);
            newHeight = (long)Math.Ceiling(height * beta / factor) * factor;
            newWidth = (long)Math.Ceiling(width * beta / factor) * factor;
        }

        return new ImageSize(checked((int)newHeight), checked((int)newWidth));
    }
}
