namespace MedR1.Sampling;

/// <summary>How far a call of a sampler is.</summary>
/// <param name="CompletedPrompts">Groups that are complete.</param>
/// <param name="PromptCount">Prompts of the call.</param>
/// <param name="CompletedRows">Completions that have ended.</param>
/// <param name="ActiveRows">Completions that are being drawn.</param>
/// <param name="TokenCount">Tokens drawn.</param>
/// <param name="Elapsed">Time spent computing; what the caller does between groups isn't counted.</param>
public sealed record SamplingProgress(
    int CompletedPrompts, int PromptCount, int CompletedRows, int ActiveRows, long TokenCount, TimeSpan Elapsed)
{
    /// <summary>
    /// Tokens drawn a second of <see cref="Elapsed"/>, prompts and pictures included in the time; 0 at its start.
    /// </summary>
    public double TokensPerSecond => Elapsed > TimeSpan.Zero ? TokenCount / Elapsed.TotalSeconds : 0;
}
