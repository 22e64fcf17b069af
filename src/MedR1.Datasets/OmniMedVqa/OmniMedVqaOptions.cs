namespace MedR1.Datasets;

/// <summary>How OmniMedVQA is loaded.</summary>
public sealed record OmniMedVqaOptions
{
    /// <summary>Which part to load.</summary>
    /// <value>The default is <see cref="OmniMedVqaAccess.Open"/>.</value>
    public OmniMedVqaAccess Access { get; init; } = OmniMedVqaAccess.Open;

    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;

    /// <summary>Whether a question whose answer is not among its options is left out and counted rather than rejected.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SkipUnmatchedAnswers { get; init; }
}
