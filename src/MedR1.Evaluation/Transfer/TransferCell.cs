namespace MedR1.Evaluation;

/// <summary>The score of a model trained on one domain and tested on the same or a different one.</summary>
/// <param name="Train">The training domain.</param>
/// <param name="Test">The test domain.</param>
/// <param name="Accuracy">The accuracy of the model.</param>
public sealed record TransferCell(string Train, string Test, Accuracy Accuracy);
