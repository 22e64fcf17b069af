using System.Globalization;
using System.Text;

namespace MedR1.Evaluation;

/// <summary>
/// Writes reports about the same questions side by side: accuracy in per cent with Wilson's 95 % interval, next to chance. The
/// column headers name each report and its scoring rule.
/// </summary>
public static class ReportTable
{
    /// <summary>The table in Markdown.</summary>
    /// <param name="reports">The reports, at least one; the first determines the groups.</param>
    /// <exception cref="ArgumentException">There is no report, or they are about different questions.</exception>
    public static string ToMarkdown(params IReadOnlyList<EvaluationReport> reports)
    {
        return MarkdownTable.Write(Rows(reports)) + Note(reports);
    }

    /// <summary>The table in aligned columns, for a console.</summary>
    /// <param name="reports">The reports, at least one; the first determines the groups.</param>
    /// <exception cref="ArgumentException">There is no report, or they are about different questions.</exception>
    public static string ToText(params IReadOnlyList<EvaluationReport> reports)
    {
        List<string[]> rows = Rows(reports);
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in rows)
        {
            IEnumerable<string> cells = row.Select(
                (cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }

        return text.Append(Note(reports)).ToString();
    }

    private static List<string[]> Rows(IReadOnlyList<EvaluationReport> reports)
    {
        ReportsSideBySide.Require(reports);
        EvaluationReport first = reports[0];
        List<string[]> rows =
            [["group", "questions", "chance", .. reports.Select(report => $"{report.Name} ({report.Rule})")]];
        rows.Add(Row(first.Overall, reports.Select(report => (GroupAccuracy?)report.Overall)));
        foreach (ReportGrouping grouping in ReportGrouping.All)
        {
            IReadOnlyList<GroupAccuracy>[] groups = [.. reports.Select(report => report.By(grouping))];
            rows.AddRange(groups[0].Select(group => Row(
                group, groups.Select(scores => scores.FirstOrDefault(same => same.Group == group.Group)))));
        }

        return rows;
    }

    private static string[] Row(GroupAccuracy group, IEnumerable<GroupAccuracy?> scores) =>
    [
        group.Group,
        group.Accuracy.Count.ToString(CultureInfo.InvariantCulture),
        PerCent(group.Chance),
        .. scores.Select(score => score is null
            ? "-"
            : $"{PerCent(score.Accuracy.Value)} ({PerCent(score.Accuracy.Low)} to {PerCent(score.Accuracy.High)})"),
    ];

    private static string PerCent(double share) => (share * 100).ToString("F1", CultureInfo.InvariantCulture);

    private static string Note(IReadOnlyList<EvaluationReport> reports)
    {
        StringBuilder note = new("\n");
        foreach (EvaluationReport report in reports)
        {
            note.Append(CultureInfo.InvariantCulture, $"- {report.Name}: {report.Origin.Caption(report.Rule)}.\n");
        }

        return reports.Any(report => report.Rule == BlindPrior.RuleName)
            ? note.ToString()
            : note.Append("\nThese scores have no blind baseline beside them; see BlindPrior.\n").ToString();
    }
}
