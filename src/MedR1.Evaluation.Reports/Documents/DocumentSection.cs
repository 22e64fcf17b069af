namespace MedR1.Evaluation.Reports;

/// <summary>A part of a document: a heading, then paragraphs, tables and figures in this order.</summary>
internal sealed record DocumentSection(int Level, string Heading)
{
    public IReadOnlyList<string> Paragraphs { get; init; } = [];

    public IReadOnlyList<DocumentTable> Tables { get; init; } = [];

    /// <summary>Figures by file name, without extension.</summary>
    public IReadOnlyList<(string Name, Figure Figure)> Figures { get; init; } = [];
}
