namespace MedR1.Datasets;

/// <summary>How a file of MedVLM-R1 is loaded.</summary>
public sealed record MedVlmR1Options
{
    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;
}
