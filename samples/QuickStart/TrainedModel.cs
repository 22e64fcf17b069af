using MedR1.Evaluation;
using MedR1.Training;

namespace MedR1.Samples.QuickStart;

/// <summary>The outcome of a training.</summary>
/// <param name="Training">The report of the training.</param>
/// <param name="Test">The report of the test questions.</param>
internal sealed record TrainedModel(TrainingReport Training, EvaluationReport Test);
