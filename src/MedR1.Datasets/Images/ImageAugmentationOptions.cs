namespace MedR1.Datasets;

/// <summary>
/// How much <see cref="ImageAugmentationExtensions.AugmentImages"/> changes an image. The defaults are slight: to a viewer, an image
/// still shows the same things in the same places. Images are never mirrored, since questions ask about left and right.
/// </summary>
public sealed record ImageAugmentationOptions
{
    /// <summary>The smallest fraction of each side that is shown, at a random position; 1 shows the whole image.</summary>
    /// <value>The default is 0.9.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double MinCropFraction
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The fraction must be above 0 and at most 1.");
    } = 0.9;

    /// <summary>
    /// The largest rotation about the centre, in either direction, in degrees; edge pixels are repeated into the corners.
    /// </summary>
    /// <value>The default is 5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 180.</exception>
    public double MaxDegrees { get; init => field = Within(value, 180); } = 5;

    /// <summary>The maximum that is added to or subtracted from all values, as a fraction of white.</summary>
    /// <value>The default is 0.05.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double MaxBrightness { get; init => field = Within(value, 1); } = 0.05;

    /// <summary>The maximum by which the distance from mid-gray grows or shrinks, as a fraction of that distance.</summary>
    /// <value>The default is 0.1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double MaxContrast { get; init => field = Within(value, 1); } = 0.1;

    private static double Within(double value, double most) => value >= 0 && value <= most
        ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"The value must be from 0 to {most.ToText()}.");
}
