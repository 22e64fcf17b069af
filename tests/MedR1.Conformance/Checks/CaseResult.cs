namespace MedR1.Conformance;

/// <summary>The result of one case.</summary>
/// <param name="Case">The name of the case.</param>
/// <param name="Passed">Whether every comparison held, and there was at least one.</param>
/// <param name="LargestShare">The largest error as a share of its tolerance.</param>
/// <param name="Failures">The failures.</param>
public sealed record CaseResult(string Case, bool Passed, double LargestShare, IReadOnlyList<string> Failures);
