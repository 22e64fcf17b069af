namespace MedR1.Sampling.Remote;

/// <summary>A prompt on its way to a server, with all of its samples or with one.</summary>
/// <param name="Index">Its place in the call.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Seed">Where its random choices start.</param>
/// <param name="Sample">The sample that is asked for; 0 where all are.</param>
internal sealed record PromptJob(int Index, VqaPrompt Prompt, long Seed, int Sample)
{
    /// <summary>An exception about this prompt.</summary>
    public RemoteSamplingException Fail(
        string problem, int attempts, int? status = null, string? body = null, Exception? cause = null) =>
        new(problem, Index, Prompt.Example?.Id, attempts, status, body, cause);
}
