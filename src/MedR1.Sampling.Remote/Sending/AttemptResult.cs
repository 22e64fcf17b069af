using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>What came of asking once.</summary>
internal sealed record AttemptResult
{
    /// <summary>The answer; null if there is none that can be read.</summary>
    public JsonDocument? Json { get; init; }

    /// <summary>The HTTP status; null if no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>The start of the answer's text; null if no answer came.</summary>
    public string? Body { get; init; }

    /// <summary>What went wrong; empty if nothing did.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Whether asking again may help.</summary>
    public bool IsTransient { get; init; }

    /// <summary>How long the server wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What lies behind a problem.</summary>
    public Exception? Cause { get; init; }
}
