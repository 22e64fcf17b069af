namespace MedR1;

/// <summary>The measurements of one optimizer step, or of one evaluation.</summary>
/// <param name="Step">The optimizer step, from 1; an evaluation carries the step that it follows.</param>
/// <param name="Values">Values by name, such as <c>reward</c> or <c>grad_norm</c>; docs/metrics.md explains each.</param>
public sealed record StepMetrics(long Step, IReadOnlyDictionary<string, double> Values);
