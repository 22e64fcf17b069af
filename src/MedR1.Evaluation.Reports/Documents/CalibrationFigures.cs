namespace MedR1.Evaluation.Reports;

/// <summary>Reliability diagrams.</summary>
public static class CalibrationFigures
{
    /// <summary>Accuracy against confidence; a perfectly calibrated model follows the dashed line.</summary>
    /// <param name="calibrations">The calibrations to draw, at least one.</param>
    public static LineChart Reliability(params IReadOnlyList<CalibrationReport> calibrations)
    {
        ArgumentNullException.ThrowIfNull(calibrations);
        return new LineChart
        {
            Title = "Reliability: accuracy against confidence",
            XLabel = "mean confidence per bin, %",
            YLabel = "accuracy per bin, %",
            YRange = (0, 100),
            Series =
            [
                new ChartSeries("perfect calibration", [(0, 0), (100, 100)], IsReference: true),
                .. calibrations.Select(calibration => new ChartSeries(
                    calibration.Name,
                    [.. calibration.Bins.Select(bin => (bin.MeanConfidence * 100, bin.Accuracy.Value * 100))])),
            ],
            Caption =
            [
                .. calibrations.Select(calibration =>
                    $"{calibration.Name}: {calibration.Count} questions, "
                    + $"ECE {Numbers.PerCent(calibration.ExpectedCalibrationError)} points · "
                    + calibration.Origin.Caption(calibration.Rule)),
            ],
        };
    }
}
