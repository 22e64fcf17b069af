using MedR1.Losses;

namespace MedR1.Training;

/// <summary>The result of one optimizer step.</summary>
internal sealed record PolicyStepResult(
    double Loss, double GradientNorm, double LearningRate, bool IsSkipped,
    IReadOnlyDictionary<string, double> LossMetrics);
