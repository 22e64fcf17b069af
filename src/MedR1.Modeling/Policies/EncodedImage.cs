namespace MedR1.Modeling;

/// <summary>
/// A picture as the vision tower takes it. The tower sees pictures of the same content once a batch.
/// </summary>
/// <param name="Grid">The grid of patches.</param>
/// <param name="Patches"><c>[Grid.PatchCount, values per patch]</c> normalised values, rows in the tower's order; not
/// to be changed.</param>
public sealed record EncodedImage(ImageGrid Grid, ReadOnlyMemory<float> Patches)
{
    /// <summary>
    /// Seconds between the temporal patches of a clip; a picture has one, for which it means nothing.
    /// </summary>
    /// <value>The default is 1: two frames a patch, two frames a second.</value>
    public double SecondsPerFrame { get; init; } = 1;

    /// <summary>Takes pictures for the same whose grid, seconds and values are.</summary>
    public static IEqualityComparer<EncodedImage> ByContent { get; } = new EncodedImageContent();
}
