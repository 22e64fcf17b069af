namespace MedR1.Training;

/// <summary>The start of a run.</summary>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="StepsBefore">The number of optimizer steps made before: 0, or those of the checkpoint.</param>
/// <param name="TotalSteps">The number of optimizer steps in the whole run.</param>
public sealed record TrainingStart(string Trainer, long StepsBefore, int TotalSteps);
