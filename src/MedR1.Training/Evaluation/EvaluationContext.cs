using MedR1.Modeling;

namespace MedR1.Training;

/// <summary>Where a run stands when it is evaluated.</summary>
/// <param name="Step">Optimizer steps done.</param>
/// <param name="Policy">The policy in training; do not change it.</param>
public sealed record EvaluationContext(long Step, IVisionLanguagePolicy Policy);
