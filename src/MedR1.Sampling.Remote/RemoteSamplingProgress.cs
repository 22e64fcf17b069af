namespace MedR1.Sampling.Remote;

/// <summary>How far a call of a <see cref="RemoteSampler"/> is.</summary>
/// <param name="CompletedPrompts">Prompts whose completions have come, given to the caller yet or not.</param>
/// <param name="PromptCount">Prompts of the call.</param>
/// <param name="CompletionCount">Completions that have come.</param>
/// <param name="TokenCount">Their tokens, as far as the server sends them.</param>
/// <param name="RetryCount">Attempts beyond the first of each prompt.</param>
/// <param name="Elapsed">Time since the call began.</param>
public sealed record RemoteSamplingProgress(
    int CompletedPrompts, int PromptCount, int CompletionCount, long TokenCount, int RetryCount, TimeSpan Elapsed);
