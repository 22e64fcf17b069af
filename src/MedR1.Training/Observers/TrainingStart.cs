namespace MedR1.Training;

/// <summary>The start of a run.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="StepsBefore">Optimizer steps that were made before: 0, or where a checkpoint stood.</param>
/// <param name="TotalSteps">Optimizer steps of the whole run.</param>
public sealed record TrainingStart(string Trainer, long StepsBefore, int TotalSteps);
