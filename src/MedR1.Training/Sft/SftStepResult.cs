namespace MedR1.Training;

/// <summary>What one optimizer step gave.</summary>
internal readonly record struct SftStepResult(double Loss, double GradientNorm, double LearningRate, bool IsSkipped);
