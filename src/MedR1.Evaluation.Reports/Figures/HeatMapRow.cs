namespace MedR1.Evaluation.Reports;

/// <summary>A row of a heat map.</summary>
/// <param name="Label">What stands before it.</param>
/// <param name="Cells">Its cells, one for each column; <see langword="null"/> for one that is missing.</param>
/// <param name="StartsGroup">Whether a gap stands above it, between rows that are no training domain and those that
/// are.</param>
public sealed record HeatMapRow(string Label, IReadOnlyList<HeatMapCell?> Cells, bool StartsGroup = false);
