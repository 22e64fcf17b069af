namespace MedR1.Evaluation.Reports;

/// <summary>A cell of a heat map.</summary>
/// <param name="Value">The value that determines the color, in the map's unit.</param>
/// <param name="Text">The printed value.</param>
/// <param name="Detail">A second, smaller line, such as an interval; empty for none.</param>
/// <param name="IsMarked">Whether the cell has a frame, as on the diagonal.</param>
public sealed record HeatMapCell(double Value, string Text, string Detail = "", bool IsMarked = false);
