namespace MedR1.Sampling.Remote;

/// <summary>A request for the completions of a prompt, for all of its samples or for one.</summary>
/// <param name="Index">The prompt's index in the call.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Seed">The seed of the prompt's random choices.</param>
/// <param name="Sample">The sample that is requested; 0 if all are.</param>
internal sealed record PromptJob(int Index, VqaPrompt Prompt, long Seed, int Sample)
{
    /// <summary>Creates an exception about this prompt.</summary>
    public RemoteSamplingException Fail(
        string problem, int attempts, int? status = null, string? body = null, Exception? cause = null) =>
        new(problem, Index, Prompt.Example?.Id, attempts, status, body, cause);
}
