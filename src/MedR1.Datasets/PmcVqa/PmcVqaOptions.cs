namespace MedR1.Datasets;

/// <summary>How PMC-VQA is loaded.</summary>
public sealed record PmcVqaOptions
{
    /// <summary>What to do if an image is neither in the folder nor in the archive.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;
}
