namespace MedR1.Datasets;

/// <summary>The images that a data set names but that are not on disk.</summary>
/// <param name="ExampleCount">Number of examples whose image is missing.</param>
/// <param name="FirstPaths">The first missing images, at most five, as the data set writes them.</param>
public sealed record MissingImages(int ExampleCount, IReadOnlyList<string> FirstPaths)
{
    /// <summary>No missing images.</summary>
    public static MissingImages None { get; } = new(0, []);
}
