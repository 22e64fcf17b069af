namespace MedR1.Evaluation.Reports;

/// <summary>A row of a heat map.</summary>
/// <param name="Label">The label to the left of the row.</param>
/// <param name="Cells">The cells, one per column; <see langword="null"/> for a missing cell.</param>
/// <param name="StartsGroup">Whether there is a gap above the row, such as between the baselines and the training domains.</param>
public sealed record HeatMapRow(string Label, IReadOnlyList<HeatMapCell?> Cells, bool StartsGroup = false);
