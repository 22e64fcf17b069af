namespace MedR1.Evaluation.Reports;

/// <summary>A table of a document, before it is Markdown or HTML; the first row is its header.</summary>
internal sealed record DocumentTable(IReadOnlyList<IReadOnlyList<string>> Rows);
