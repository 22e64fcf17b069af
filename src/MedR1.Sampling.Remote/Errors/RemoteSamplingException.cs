namespace MedR1.Sampling.Remote;

/// <summary>A prompt for which a server gave no completions that can be used.</summary>
public sealed class RemoteSamplingException : Exception
{
    private const int BodyCharacters = 200;

    /// <summary>Says which prompt, what is wrong, and what the server said.</summary>
    /// <param name="problem">A sentence about what is wrong.</param>
    /// <param name="promptIndex">The prompt's place in the call.</param>
    /// <param name="exampleId">The example behind the prompt, where there is one.</param>
    /// <param name="attempts">How often the server was asked; 0 if the request could not be made.</param>
    /// <param name="status">The HTTP status of the last answer, where one came.</param>
    /// <param name="body">The body of the last answer, where one came.</param>
    /// <param name="innerException">What lies behind it.</param>
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

    /// <summary>The prompt's place in the call.</summary>
    public int PromptIndex { get; }

    /// <summary>The example behind the prompt, where there is one.</summary>
    public string? ExampleId { get; }

    /// <summary>How often the server was asked; 0 if the request could not be made.</summary>
    public int Attempts { get; }

    /// <summary>The HTTP status of the last answer; <see langword="null"/> if none came.</summary>
    public int? Status { get; }

    /// <summary>The first 200 characters of the last answer's body; <see langword="null"/> if none came.</summary>
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
