using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>The result of one attempt.</summary>
internal sealed record AttemptResult
{
    /// <summary>The answer; null if there is none, or it can't be parsed.</summary>
    public JsonDocument? Json { get; init; }

    /// <summary>The HTTP status; null if there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>The start of the answer's text; null if there was no answer.</summary>
    public string? Body { get; init; }

    /// <summary>The problem; empty if there is none.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Whether a retry may help.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The delay that the server requests.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The cause of a problem.</summary>
    public Exception? Cause { get; init; }
}
