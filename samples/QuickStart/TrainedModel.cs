using MedR1.Evaluation;
using MedR1.Training;

namespace MedR1.Samples.QuickStart;

/// <summary>What a training came to.</summary>
/// <param name="Training">Its course.</param>
/// <param name="Test">Its answers to the test questions.</param>
internal sealed record TrainedModel(TrainingReport Training, EvaluationReport Test);
