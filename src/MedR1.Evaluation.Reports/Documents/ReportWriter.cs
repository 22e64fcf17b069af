using System.Text;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes reports as HTML, Markdown and JSON files.</summary>
public static class ReportWriter
{
    /// <summary>
    /// Writes <c>report.html</c>, which is self-contained, <c>report.md</c> with its figures as PNG files next to it, and
    /// <c>report.json</c>. Each existing file is replaced once the new one is complete.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">The folder; it is created if missing.</param>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Save(CrossDomainReport report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        DocumentSection[] sections = [.. CrossDomainSections.Of(report)];
        SaveDocuments(report.Title, sections, folder);
        WholeFile.Write(Path.Combine(folder, "report.json"), CrossDomainJson.Write(report));
    }

    /// <summary>Writes the results of one evaluation; see the overload for several.</summary>
    /// <param name="report">The report.</param>
    /// <param name="folder">The folder; it is created if missing.</param>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Save(EvaluationReport report, string folder)
    {
        ArgumentNullException.ThrowIfNull(report);
        Save([report], folder, report.Name);
    }

    /// <summary>
    /// Writes evaluations of the same questions side by side, such as models and <see cref="BlindPrior"/>: accuracy with its
    /// interval overall and by group, chance, and calibration if answers have option probabilities; as <c>report.html</c>,
    /// <c>report.md</c> and <c>report.json</c>. Each existing file is replaced once the new one is complete.
    /// </summary>
    /// <param name="reports">The reports, at least one; the first determines the groups.</param>
    /// <param name="folder">The folder; it is created if missing.</param>
    /// <param name="title">The documents' title.</param>
    /// <exception cref="ArgumentException">There is no report, or they are about different questions.</exception>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Save(IReadOnlyList<EvaluationReport> reports, string folder, string title = "Evaluation")
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(title);
        SaveDocuments(title, [.. EvaluationSections.Of(reports)], folder);
        WholeFile.Write(Path.Combine(folder, "report.json"), EvaluationJson.Write(title, reports));
    }

    /// <summary>
    /// Writes the changes between two reports, by group and question by question, as <c>comparison.html</c> and
    /// <c>comparison.md</c>.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="folder">The folder; it is created if missing.</param>
    /// <exception cref="IOException">A file can't be written.</exception>
    public static void Save(ReportComparison comparison, string folder)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        string title = $"{comparison.First.Name} → {comparison.Second.Name}";
        SaveDocuments(title, [.. ComparisonSections.Of(comparison)], folder, "comparison");
    }

    private static void SaveDocuments(
        string title, DocumentSection[] sections, string folder, string name = "report")
    {
        foreach ((string file, Figure figure) in sections.SelectMany(section => section.Figures))
        {
            figure.SavePng(Path.Combine(folder, $"{file}.png"));
        }

        Write($"{name}.md", MarkdownDocument.Write(title, sections));
        Write($"{name}.html", HtmlDocument.Write(title, sections));

        void Write(string file, string text) => WholeFile.Write(Path.Combine(folder, file), Encoding.UTF8.GetBytes(text));
    }
}
