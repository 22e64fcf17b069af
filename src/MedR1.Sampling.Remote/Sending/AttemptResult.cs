using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>The result of one attempt.</summary>
internal sealed record AttemptResult
{
    /// <summary>The answer; null if there is none that can be read.</summary>
    public JsonDocument? Json { get; init; }

    /// <summary>The HTTP status; null if there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The start of the answer's text; null if there was no answer.</summary>
    public string? Body { get; init; }

    /// <summary>What went wrong; empty if nothing did.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Whether asking again may help.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server asks to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The cause of a problem.</summary>
    public Exception? Cause { get; init; }
}
