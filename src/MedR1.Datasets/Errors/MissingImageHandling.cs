namespace MedR1.Datasets;

/// <summary>What to do with an example whose picture is not on disk.</summary>
public enum MissingImageHandling
{
    /// <summary>Load nothing: a <see cref="DatasetException"/> gives their number and the first names.</summary>
    Throw,

    /// <summary>Leave the example out and count it.</summary>
    Skip,

    /// <summary>Keep the example and count it; reading its picture fails later.</summary>
    Keep,
}
