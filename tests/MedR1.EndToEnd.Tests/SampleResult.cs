namespace MedR1.EndToEnd.Tests;

/// <summary>The result of a sample.</summary>
internal sealed record SampleResult(int ExitCode, string Output, string Errors);
