using System.Text.Json;

namespace MedR1.Evaluation.Reports;

/// <summary>Writes evaluations as JSON: every group with its counts and interval; fractions are between 0 and 1.</summary>
internal static class EvaluationJson
{
    public static byte[] Write(string title, IReadOnlyList<EvaluationReport> reports) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            Format = "medr1-evaluation-reports/1",
            Title = title,
            Reports = reports.Select(Report),
            Calibrations = EvaluationSections.Calibrations(reports).Select(CrossDomainJson.Calibration),
        },
        CrossDomainJson.Options);

    private static object Report(EvaluationReport report) => new
    {
        report.Name,
        report.Rule,
        report.Origin,
        Overall = Group(report.Overall),
        Unreadable = report.UnreadableCount,
        CutOff = report.TruncatedCount,
        Groups = ReportGrouping.All.ToDictionary(grouping => grouping.Name, grouping => report.By(grouping).Select(Group)),
    };

    private static object Group(GroupAccuracy group) =>
        new { group.Group, Score = CrossDomainJson.Score(group.Accuracy), group.Chance };
}
