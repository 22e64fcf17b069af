namespace MedR1.Training;

/// <summary>The result of one optimizer step.</summary>
internal readonly record struct SftStepResult(double Loss, double GradientNorm, double LearningRate, bool IsSkipped);
