namespace MedR1.Evaluation;

/// <summary>One row of the comparison of methods.</summary>
/// <param name="Name">The method.</param>
/// <param name="Rule">The rule that produced its scores.</param>
/// <param name="Means">Its mean accuracies; for a model that was not trained, all are the same.</param>
/// <param name="Gains">Its mean gains over zero-shot on the same tests; <see langword="null"/> for zero-shot itself.</param>
public sealed record MethodScore(string Name, string Rule, TransferMeans Means, TransferMeans? Gains);
