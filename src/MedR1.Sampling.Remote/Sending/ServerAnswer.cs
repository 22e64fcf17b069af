using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>A JSON answer, with the details for exceptions about it.</summary>
internal sealed record ServerAnswer(PromptJob Job, JsonDocument Json, int Attempts, int Status, string Body)
    : IDisposable
{
    /// <summary>Creates an exception about this answer.</summary>
    public RemoteSamplingException Fail(string problem, Exception? cause = null) =>
        Job.Fail(problem, Attempts, Status, Body, cause);

    /// <inheritdoc/>
    public void Dispose() => Json.Dispose();
}
