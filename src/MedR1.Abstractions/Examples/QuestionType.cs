namespace MedR1;

/// <summary>What a question asks about: an open set of names, with the five of OmniMedVQA as members.</summary>
/// <param name="Value">The data set's exact string (arXiv 2402.09181).</param>
public readonly record struct QuestionType(string Value)
{
    /// <summary>Which part of the body is shown.</summary>
    public static QuestionType AnatomyIdentification { get; } = new("Anatomy Identification");

    /// <summary>Which disease is shown.</summary>
    public static QuestionType DiseaseDiagnosis { get; } = new("Disease Diagnosis");

    /// <summary>How severe a lesion is.</summary>
    public static QuestionType LesionGrading { get; } = new("Lesion Grading");

    /// <summary>How the image was acquired.</summary>
    public static QuestionType ModalityRecognition { get; } = new("Modality Recognition");

    /// <summary>Any other property of the image's content.</summary>
    public static QuestionType OtherBiologicalAttributes { get; } = new("Other Biological Attributes");

    /// <summary>The five types of OmniMedVQA.</summary>
    public static IReadOnlyList<QuestionType> Known { get; } =
        [AnatomyIdentification, DiseaseDiagnosis, LesionGrading, ModalityRecognition, OtherBiologicalAttributes];

    /// <inheritdoc/>
    public override string ToString() => Value;
}
