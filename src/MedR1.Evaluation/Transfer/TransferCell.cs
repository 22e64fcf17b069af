namespace MedR1.Evaluation;

/// <summary>What a model that was trained on one domain scores on another.</summary>
/// <param name="Train">The domain that it was trained on.</param>
/// <param name="Test">The domain that it was tested on.</param>
/// <param name="Accuracy">How many questions it got right.</param>
public sealed record TransferCell(string Train, string Test, Accuracy Accuracy);
