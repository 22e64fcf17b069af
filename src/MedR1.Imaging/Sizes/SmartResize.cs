namespace MedR1.Imaging;

/// <summary>
/// The size that a picture is resampled to before Qwen2-VL sees it: sides that are multiples of a factor, a pixel
/// count within
/// limits, and about the same aspect ratio.
/// </summary>
public static class SmartResize
{
    /// <summary>The factor of Qwen2-VL: patches of 14 pixels, merged two by two.</summary>
    public const int DefaultFactor = 28;

    /// <summary>The fewest pixels of Qwen2-VL's released processor configuration.</summary>
    public const long DefaultMinPixels = 56 * 56;

    /// <summary>The most pixels of Qwen2-VL's released processor configuration.</summary>
    public const long DefaultMaxPixels = 28 * 28 * 16384;

    /// <summary>The longer side over the shorter one may be at most this.</summary>
    public const int LargestAspectRatio = 200;

    /// <summary>Computes the size.</summary>
    /// <param name="height">Rows of the picture.</param>
    /// <param name="width">Columns of the picture.</param>
    /// <param name="factor">What both sides become multiples of: patch size × merge size.</param>
    /// <param name="minPixels">The fewest pixels of the result.</param>
    /// <param name="maxPixels">
    /// The most pixels of the result; a tiny picture can come out larger, since a side is at least one factor.
    /// </param>
    /// <param name="rule">Whose rule is followed.</param>
    /// <exception cref="AspectRatioException">One side is more than 200 times the other.</exception>
    /// <exception cref="ArgumentException">
    /// A size or limit is below 1, or, under <see cref="SmartResizeRule.QwenVlUtils"/>, the largest count is below
    /// the smallest.
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
                $"At most {maxPixels} pixels and at least {minPixels} can't both be had: "
                + "raise maxPixels or lower minPixels.",
                nameof(maxPixels));
        }

        if ((double)Math.Max(height, width) / Math.Min(height, width) > LargestAspectRatio)
        {
            throw new AspectRatioException(height, width);
        }

        // Halves go to the even multiple, as with Python's round.
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
