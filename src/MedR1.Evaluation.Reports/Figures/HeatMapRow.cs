namespace MedR1.Evaluation.Reports;

/// <summary>A row of a heat map.</summary>
/// <param name="Label">The label to its left.</param>
/// <param name="Cells">Its cells, one per column; <see langword="null"/> for a missing one.</param>
/// <param name="StartsGroup">Whether there is a gap above it, separating rows that are not training domains from those that are.</param>
public sealed record HeatMapRow(string Label, IReadOnlyList<HeatMapCell?> Cells, bool StartsGroup = false);
