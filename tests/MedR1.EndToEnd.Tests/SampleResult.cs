namespace MedR1.EndToEnd.Tests;

/// <summary>What a sample came to.</summary>
internal sealed record SampleResult(int ExitCode, string Output, string Errors);
