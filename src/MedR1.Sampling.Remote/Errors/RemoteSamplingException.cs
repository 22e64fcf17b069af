namespace MedR1.Sampling.Remote;

/// <summary>A server gave no usable completions for a prompt.</summary>
public sealed class RemoteSamplingException : Exception
{
    private const int BodyCharacters = 200;

    /// <summary>Creates the exception from the prompt, the problem and the server's answer.</summary>
    /// <param name="problem">A sentence that describes the problem.</param>
    /// <param name="promptIndex">The index of the prompt in the call.</param>
    /// <param name="exampleId">The id of the example that the prompt was made from, if there is one.</param>
    /// <param name="attempts">The number of attempts; 0 if the request could not be made.</param>
    /// <param name="status">The HTTP status of the last answer, if there was one.</param>
    /// <param name="body">The body of the last answer, if there was one.</param>
    /// <param name="innerException">The cause.</param>
    public RemoteSamplingException(
        string problem,
        int promptIndex,
        string? exampleId,
        int attempts,
        int? status = null,
        string? body = null,
        Exception? innerException = null)
        : base(MessageOf(problem, promptIndex, exampleId, attempts, status, Start(body)), innerException)
    {
        PromptIndex = promptIndex;
        ExampleId = exampleId;
        Attempts = attempts;
        Status = status;
        BodyStart = Start(body);
    }

    /// <summary>The index of the prompt in the call.</summary>
    public int PromptIndex { get; }

    /// <summary>The id of the example that the prompt was made from, if there is one.</summary>
    public string? ExampleId { get; }

    /// <summary>The number of attempts; 0 if the request could not be made.</summary>
    public int Attempts { get; }

    /// <summary>The HTTP status of the last answer; <see langword="null"/> if there was none.</summary>
    public int? Status { get; }

    /// <summary>The first 200 characters of the last answer's body; <see langword="null"/> if there was none.</summary>
    public string? BodyStart { get; }

    private static string? Start(string? body) => body is { Length: > BodyCharacters } ? body[..BodyCharacters] : body;

    private static string MessageOf(
        string problem, int promptIndex, string? exampleId, int attempts, int? status, string? body)
    {
        string example = exampleId is null ? "" : $" (example '{exampleId}')";
        string times = attempts == 1 ? "1 attempt" : $"{attempts} attempts";
        string answer = status is null ? "" : $" The server answered {status}: {body}";
        return $"Prompt {promptIndex}{example}, after {times}: {problem}{answer}";
    }
}
