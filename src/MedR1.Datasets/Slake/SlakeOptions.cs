namespace MedR1.Datasets;

/// <summary>How SLAKE is loaded.</summary>
public sealed record SlakeOptions
{
    /// <summary>The language of the questions to load, <c>en</c> or <c>zh</c>; <see langword="null"/> for both.</summary>
    /// <value>The default is <see langword="null"/>.</value>
    public string? Language { get; init; }

    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;
}
