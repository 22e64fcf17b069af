namespace MedR1;

/// <summary>The metrics of one optimizer step or one evaluation.</summary>
/// <param name="Step">The optimizer step, from 1; for an evaluation, the step that it follows.</param>
/// <param name="Values">Values by name, such as <c>reward</c> or <c>grad_norm</c>; docs/metrics.md explains each.</param>
public sealed record StepMetrics(long Step, IReadOnlyDictionary<string, double> Values);
