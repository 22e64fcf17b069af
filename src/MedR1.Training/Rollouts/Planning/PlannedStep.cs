namespace MedR1.Training;

/// <summary>A planned optimizer step.</summary>
/// <param name="MicroSteps">
/// The completions of each forward and backward pass; at least one pass with at least one completion.
/// </param>
public sealed record PlannedStep(IReadOnlyList<IReadOnlyList<CompletionIndex>> MicroSteps);
