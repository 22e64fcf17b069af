namespace MedR1.Sampling.Remote;

/// <summary>The progress of a call to a <see cref="RemoteSampler"/>.</summary>
/// <param name="CompletedPrompts">
/// Number of prompts whose completions have arrived, whether or not they have been returned to the caller.
/// </param>
/// <param name="PromptCount">Number of prompts in the call.</param>
/// <param name="CompletionCount">Number of completions that have arrived.</param>
/// <param name="TokenCount">Number of their tokens, if the server sends them.</param>
/// <param name="RetryCount">Number of attempts beyond the first of each request.</param>
/// <param name="Elapsed">Time since the start of the call.</param>
public sealed record RemoteSamplingProgress(
    int CompletedPrompts, int PromptCount, int CompletionCount, long TokenCount, int RetryCount, TimeSpan Elapsed);
