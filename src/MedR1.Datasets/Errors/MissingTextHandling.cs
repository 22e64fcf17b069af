namespace MedR1.Datasets;

/// <summary>What to do with a row whose question or answer is null or absent.</summary>
public enum MissingTextHandling
{
    /// <summary>Load nothing: throw a <see cref="DatasetException"/> that names the row.</summary>
    Throw,

    /// <summary>Leave the row out and count it.</summary>
    Skip,

    /// <summary>Keep the row with an empty text instead, and count it.</summary>
    Keep,
}
