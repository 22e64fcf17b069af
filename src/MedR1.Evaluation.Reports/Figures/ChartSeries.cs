namespace MedR1.Evaluation.Reports;

/// <summary>One line of a chart.</summary>
/// <param name="Label">The line's name in the legend.</param>
/// <param name="Points">The line's points from left to right.</param>
/// <param name="IsReference">Whether the line is drawn thin and dashed, as a reference for the others.</param>
public sealed record ChartSeries(string Label, IReadOnlyList<(double X, double Y)> Points, bool IsReference = false);
