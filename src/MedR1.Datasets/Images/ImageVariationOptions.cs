namespace MedR1.Datasets;

/// <summary>
/// How far <see cref="ImageVariationExtensions.VaryImages"/> changes a picture. The defaults are slight: what a picture
/// shows, and where, stays the same for whoever looks at it. Nothing is mirrored, for left and right are asked about.
/// </summary>
public sealed record ImageVariationOptions
{
    /// <summary>The smallest share of the sides that is shown, from a random place; 1 shows the whole picture.</summary>
    /// <value>The default is 0.9.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0 and at most 1.</exception>
    public double LeastShare
    {
        get;
        init => field = value is > 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The share must be above 0 and at most 1.");
    } = 0.9;

    /// <summary>The largest turn about the middle, to either side, in degrees; edges are drawn out into the corners.</summary>
    /// <value>The default is 5.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 180.</exception>
    public double MaxDegrees { get; init => field = Within(value, 180); } = 5;

    /// <summary>The most that is added to all values or taken off, as a share of white.</summary>
    /// <value>The default is 0.05.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double MaxBrightness { get; init => field = Within(value, 1); } = 0.05;

    /// <summary>The most by which the distance from mid-grey grows or shrinks, as a share of it.</summary>
    /// <value>The default is 0.1.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not from 0 to 1.</exception>
    public double MaxContrast { get; init => field = Within(value, 1); } = 0.1;

    private static double Within(double value, double most) => value >= 0 && value <= most
        ? value : throw new ArgumentOutOfRangeException(nameof(value), value, $"The value must be from 0 to {most}.");
}
