namespace MedR1.Datasets;

/// <summary>The pictures that a data set names but that are not on disk.</summary>
/// <param name="ExampleCount">Number of examples without their picture.</param>
/// <param name="FirstPaths">The first such pictures, at most five, as the data set writes them.</param>
public sealed record MissingImages(int ExampleCount, IReadOnlyList<string> FirstPaths)
{
    /// <summary>None.</summary>
    public static MissingImages None { get; } = new(0, []);
}
