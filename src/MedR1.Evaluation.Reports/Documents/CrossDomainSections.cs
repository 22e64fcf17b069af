namespace MedR1.Evaluation.Reports;

/// <summary>The sections of a cross-domain report, in order, which Markdown and HTML share.</summary>
internal static class CrossDomainSections
{
    public static IEnumerable<DocumentSection> Of(CrossDomainReport report)
    {
        if (report.Notes.Count > 0)
        {
            yield return new DocumentSection(2, "Read this first") { Paragraphs = report.Notes };
        }

        foreach (DocumentSection section in report.Transfers.SelectMany(TransferSections.Of))
        {
            yield return section;
        }

        if (report.Comparisons.Count > 0)
        {
            yield return ComparisonSections.Overview(report.Comparisons);
        }

        if (report.Calibrations.Count > 0)
        {
            yield return Calibration(report.Calibrations);
        }

        if (report.Curves.Count > 0)
        {
            yield return new DocumentSection(2, "Training curves")
            {
                Figures = [.. report.Curves.Select((curve, index) => ($"curve-{index + 1}", (Figure)curve))],
            };
        }
    }

    public static DocumentSection Calibration(IReadOnlyList<CalibrationReport> calibrations) => new(2, "Calibration")
    {
        Paragraphs =
        [
            "From the probabilities of the options. ECE is the mean distance between a bin's accuracy and its confidence; the Brier "
            + "score covers all options (0 is perfect, 1 − 1/k is a uniform guess among k).",
        ],
        Tables =
        [
            new DocumentTable(
            [
                ["model", "scoring", "questions", "accuracy %", "mean confidence %", "ECE, points", "Brier", "−ln p"],
                .. calibrations.Select(calibration => (IReadOnlyList<string>)
                [
                    calibration.Name, calibration.Rule, $"{calibration.Count}",
                    Numbers.WithInterval(calibration.Accuracy), Numbers.PerCent(calibration.MeanConfidence),
                    Numbers.PerCent(calibration.ExpectedCalibrationError),
                    FormattableString.Invariant($"{calibration.BrierScore:F3}"),
                    FormattableString.Invariant($"{calibration.NegativeLogLikelihood:F3}"),
                ]),
            ]),
        ],
        Figures = [("reliability", CalibrationFigures.Reliability(calibrations))],
    };
}
