namespace MedR1.Evaluation;

/// <summary>Two reports on the questions of one group.</summary>
/// <param name="Grouping">The kind of group: <c>modality</c>, <c>question type</c>, <c>data set</c>, <c>family</c>.</param>
/// <param name="Group">The group's name.</param>
/// <param name="Test">The counts and their test.</param>
/// <param name="AdjustedPValue">The exact p value, Holm-adjusted over all groups of the grouping.</param>
public sealed record GroupComparison(string Grouping, string Group, McNemarTest Test, double AdjustedPValue);
