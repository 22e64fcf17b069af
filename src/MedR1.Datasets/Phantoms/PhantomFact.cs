namespace MedR1.Datasets;

/// <summary>Something that is true of a synthetic image because it was drawn that way, and that a question can ask about.</summary>
/// <param name="Name">The fact's name, which becomes the <c>family</c> of its questions.</param>
/// <param name="Questions">Wordings of the question.</param>
/// <param name="Answer">The right answer, one of the choices.</param>
/// <param name="Choices">All possible answers; exactly one is true of an image.</param>
/// <param name="QuestionType">What the question asks about.</param>
public sealed record PhantomFact(
    string Name,
    IReadOnlyList<string> Questions,
    string Answer,
    IReadOnlyList<string> Choices,
    QuestionType QuestionType);
