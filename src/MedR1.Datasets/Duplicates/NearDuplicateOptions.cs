namespace MedR1.Datasets;

/// <summary>Which images count as near-duplicates: both limits must be met.</summary>
public sealed record NearDuplicateOptions
{
    /// <summary>The maximum number of bits in which the perceptual hashes may differ, 0 to 15.</summary>
    /// <value>The default is 6 of 64.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above 15.</exception>
    public int MaxBitDistance
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 15);
            field = value;
        }
    } = 6;

    /// <summary>The maximum mean difference of the thumbnails, in gray levels of 0 to 255.</summary>
    /// <value>The default is 4.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not a number.</exception>
    public double MaxGrayDistance
    {
        get;
        init => field = value >= 0
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The distance must be 0 or more.");
    } = 4;
}
