namespace MedR1.Evaluation;

/// <summary>Answers with about the same confidence.</summary>
/// <param name="Low">The bin's lower bound, exclusive except for 0; with equal counts per bin, the lowest confidence in it.</param>
/// <param name="High">The bin's upper bound, inclusive; with equal counts per bin, the highest confidence in it.</param>
/// <param name="Accuracy">The accuracy of these answers.</param>
/// <param name="MeanConfidence">The model's mean confidence in these answers, 0 to 1.</param>
public sealed record ReliabilityBin(double Low, double High, Accuracy Accuracy, double MeanConfidence);
