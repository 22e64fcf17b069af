namespace MedR1.Evaluation.Reports;

/// <summary>A cell of a heat map.</summary>
/// <param name="Value">The value that its colour shows, in the map's unit.</param>
/// <param name="Text">The value as it is printed.</param>
/// <param name="Detail">A second, smaller line, such as an interval; empty for none.</param>
/// <param name="IsMarked">Whether it has a frame, as cells on the diagonal do.</param>
public sealed record HeatMapCell(double Value, string Text, string Detail = "", bool IsMarked = false);
