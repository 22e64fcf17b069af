namespace MedR1.Modeling;

/// <summary>An image as the vision tower takes it. The tower computes images of the same content once per batch.</summary>
/// <param name="Grid">The grid of patches.</param>
/// <param name="Patches">
/// <c>[Grid.PatchCount, values per patch]</c> normalised values, rows in the tower's order; must not be changed.
/// </param>
public sealed record EncodedImage(ImageGrid Grid, ReadOnlyMemory<float> Patches)
{
    /// <summary>Seconds between the temporal patches of a clip; an image has only one, so it has no effect there.</summary>
    /// <value>The default is 1: two frames per patch, two frames per second.</value>
    public double SecondsPerFrame { get; init; } = 1;

    /// <summary>Treats images as equal if their grids, seconds and values are.</summary>
    public static IEqualityComparer<EncodedImage> ByContent { get; } = new EncodedImageContent();
}
