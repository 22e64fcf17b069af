namespace MedR1.Datasets;

/// <summary>What to do with an example whose image is not on disk.</summary>
public enum MissingImageHandling
{
    /// <summary>
    /// Load nothing: throw a <see cref="DatasetException"/> with the number of such examples and the first missing paths.
    /// </summary>
    Throw,

    /// <summary>Leave the example out and count it.</summary>
    Skip,

    /// <summary>Keep the example and count it; reading its image fails later.</summary>
    Keep,
}
