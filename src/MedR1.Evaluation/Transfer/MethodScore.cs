namespace MedR1.Evaluation;

/// <summary>One method's row in a comparison of methods.</summary>
/// <param name="Name">The method's name.</param>
/// <param name="Rule">The rule that produced its scores.</param>
/// <param name="Means">The method's mean accuracies, which are all equal for a model that was not trained on a domain.</param>
/// <param name="Gains">
/// The method's mean gains over zero-shot on the same tests; <see langword="null"/> for zero-shot itself.
/// </param>
public sealed record MethodScore(string Name, string Rule, TransferMeans Means, TransferMeans? Gains);
