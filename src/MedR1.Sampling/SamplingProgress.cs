namespace MedR1.Sampling;

/// <summary>The progress of a sampling call.</summary>
/// <param name="CompletedPrompts">Groups that are complete.</param>
/// <param name="PromptCount">Number of prompts in the call.</param>
/// <param name="CompletedRows">Completions that have ended.</param>
/// <param name="ActiveRows">Completions that are being sampled.</param>
/// <param name="TokenCount">Tokens sampled so far.</param>
/// <param name="Elapsed">Time spent computing, without the caller's work between groups.</param>
public sealed record SamplingProgress(
    int CompletedPrompts, int PromptCount, int CompletedRows, int ActiveRows, long TokenCount, TimeSpan Elapsed)
{
    /// <summary>Tokens sampled per second of <see cref="Elapsed"/>, which includes prompts and images; 0 at the start.</summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? TokenCount / Elapsed.TotalSeconds : 0;
}
