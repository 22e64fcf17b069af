namespace MedR1.Evaluation;

/// <summary>One line of the comparison of methods.</summary>
/// <param name="Name">The method.</param>
/// <param name="Rule">The rule that made its scores.</param>
/// <param name="Means">Its mean accuracies; a model that was not trained has the same in every place.</param>
/// <param name="Gains">Its mean gains over zero-shot on the same tests; <see langword="null"/> for zero-shot
/// itself.</param>
public sealed record MethodScore(string Name, string Rule, TransferMeans Means, TransferMeans? Gains);
