namespace MedR1.Datasets;

/// <summary>How a Med-R1 split file is loaded.</summary>
public sealed record MedR1SplitOptions
{
    /// <summary>What to do if an image is not on disk.</summary>
    /// <value>The default is <see cref="MissingImageHandling.Throw"/>.</value>
    public MissingImageHandling MissingImages { get; init; } = MissingImageHandling.Throw;

    /// <summary>
    /// The modality of all examples; <see langword="null"/> takes it from the file's name if that names a modality.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public ImagingModality? Modality { get; init; }

    /// <summary>
    /// The question type of all examples; <see langword="null"/> takes it from the file's name if that names a question type.
    /// </summary>
    /// <value>The default is <see langword="null"/>.</value>
    public QuestionType? QuestionType { get; init; }
}
