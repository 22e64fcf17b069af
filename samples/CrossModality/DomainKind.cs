using MedR1.Evaluation;

namespace MedR1.Samples.CrossModality;

/// <summary>A kind of domain.</summary>
/// <param name="Grouping">The name in reports.</param>
/// <param name="Folder">The folder of the split files.</param>
/// <param name="Key">Returns the domain of an example.</param>
/// <param name="Names">The domains of the protocol.</param>
internal sealed record DomainKind(string Grouping, string Folder, ReportGrouping Key, IReadOnlyList<string> Names)
{
    public static IReadOnlyList<DomainKind> All { get; } =
    [
        new(
            "modality", "modality", ReportGrouping.Modality, [.. ImagingModality.Known.Select(known => known.Value)]),
        new(
            "question type", "question_type", ReportGrouping.QuestionType,
            [.. QuestionType.Known.Select(known => known.Value)]),
    ];
}
