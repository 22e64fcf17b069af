namespace MedR1.Evaluation.Reports;

/// <summary>The sections of evaluations of the same questions side by side, overall and by group.</summary>
internal static class EvaluationSections
{
    /// <exception cref="ArgumentException">There is no report, or they are about different questions.</exception>
    public static IEnumerable<DocumentSection> Of(IReadOnlyList<EvaluationReport> reports)
    {
        ReportsSideBySide.Require(reports);
        return [Overall(reports), .. ByGroup(reports), .. Calibration(reports)];
    }

    private static DocumentSection Overall(IReadOnlyList<EvaluationReport> reports) => new(2, "Overall")
    {
        Paragraphs =
        [
            "Accuracy with Wilson's 95 % interval. Chance is the accuracy of guessing among the options. Unreadable answers, in which "
                + "the rule found nothing to compare, count as wrong; answers cut off at the token limit are scored as they "
                + "are.",
            .. reports.Any(report => report.Rule == BlindPrior.RuleName)
                ? Array.Empty<string>()
                :
                [
                    "These scores have no blind baseline beside them, so it is unknown how much of them needs no image: add "
                        + "BlindPrior's report.",
                ],
            .. reports.Select(report => $"{report.Name}: {report.Origin.Caption(report.Rule)}."),
        ],
        Tables =
        [
            new DocumentTable(
            [
                ["what", "rule", "questions", "chance %", "accuracy %", "unreadable", "cut off"],
                .. reports.Select(report => (IReadOnlyList<string>)
                [
                    report.Name, report.Rule, $"{report.Answers.Count}", Numbers.PerCent(report.Overall.Chance),
                    Numbers.WithInterval(report.Overall.Accuracy), $"{report.UnreadableCount}", $"{report.TruncatedCount}",
                ]),
            ]),
        ],
    };

    // The first report determines the groups. A group that contains every question, such as "(unknown)", would repeat the overall
    // section.
    private static IEnumerable<DocumentSection> ByGroup(IReadOnlyList<EvaluationReport> reports)
    {
        foreach (ReportGrouping grouping in ReportGrouping.All)
        {
            IReadOnlyList<GroupAccuracy>[] scores = [.. reports.Select(report => report.By(grouping))];
            if (scores[0].Any(group => group.Accuracy.Count < reports[0].Answers.Count))
            {
                yield return new DocumentSection(2, $"By {grouping.Name}")
                {
                    Tables =
                    [
                        new DocumentTable(
                        [
                            [
                                grouping.Name, "questions", "chance %",
                                .. reports.Select(report => $"{report.Name} ({report.Rule}) %"),
                            ],
                            .. scores[0].Select(group => Row(group, scores)),
                        ]),
                    ],
                };
            }
        }
    }

    private static string[] Row(GroupAccuracy group, IEnumerable<IReadOnlyList<GroupAccuracy>> scores) =>
    [
        DomainLabels.Short(group.Group), $"{group.Accuracy.Count}", Numbers.PerCent(group.Chance),
        .. scores.Select(groups => groups.FirstOrDefault(same => same.Group == group.Group) is { } score
            ? Numbers.WithInterval(score.Accuracy) : "–"),
    ];

    private static IEnumerable<DocumentSection> Calibration(IReadOnlyList<EvaluationReport> reports)
    {
        IReadOnlyList<CalibrationReport> calibrations = Calibrations(reports);
        return calibrations.Count > 0 ? [CrossDomainSections.Calibration(calibrations)] : [];
    }

    /// <summary>The calibration of the reports whose answers have option probabilities.</summary>
    public static IReadOnlyList<CalibrationReport> Calibrations(IReadOnlyList<EvaluationReport> reports) =>
    [
        .. reports.Where(report => report.Answers.Any(answer =>
                answer is { OptionProbabilities: not null, Example.AnswerIndex: not null }))
            .Select(report => CalibrationReport.Measure(report)),
    ];
}
