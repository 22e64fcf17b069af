namespace MedR1.Modeling;

/// <summary>An image as input to the vision tower, which computes images of equal content once per batch.</summary>
/// <param name="Grid">The grid of patches.</param>
/// <param name="Patches">
/// <c>[Grid.PatchCount, values per patch]</c> normalised values, rows in the tower's order; must not be modified.
/// </param>
public sealed record EncodedImage(ImageGrid Grid, ReadOnlyMemory<float> Patches)
{
    /// <summary>Seconds between the temporal patches of a clip; no effect on an image, which has only one.</summary>
    /// <value>The default is 1: two frames per patch, two frames per second.</value>
    public double SecondsPerFrame { get; init; } = 1;

    /// <summary>Treats images as equal if their grids, seconds per frame and patch values are equal.</summary>
    public static IEqualityComparer<EncodedImage> ByContent { get; } = new EncodedImageContent();
}
