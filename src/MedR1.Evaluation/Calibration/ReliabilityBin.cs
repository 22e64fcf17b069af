namespace MedR1.Evaluation;

/// <summary>Answers of about the same confidence.</summary>
/// <param name="Low">The bin's lower end, excluded but for 0; the lowest confidence in it where bins hold equally
/// many.</param>
/// <param name="High">The bin's upper end, included; the highest confidence in it where bins hold equally many.</param>
/// <param name="Accuracy">How many of them are right.</param>
/// <param name="MeanConfidence">How sure the model was of them, 0 to 1.</param>
public sealed record ReliabilityBin(double Low, double High, Accuracy Accuracy, double MeanConfidence);
