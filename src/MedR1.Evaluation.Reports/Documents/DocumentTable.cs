namespace MedR1.Evaluation.Reports;

/// <summary>A table of a document, independent of Markdown or HTML; the first row is the header.</summary>
internal sealed record DocumentTable(IReadOnlyList<IReadOnlyList<string>> Rows);
