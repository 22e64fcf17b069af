using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>The progress of a run when it is evaluated.</summary>
/// <param name="Step">The number of optimizer steps completed.</param>
/// <param name="Policy">The policy in training; do not change it.</param>
public sealed record EvaluationContext(long Step, IVisionLanguagePolicy Policy);
