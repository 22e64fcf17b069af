namespace MedR1.Sampling.Remote;

/// <summary>The rules for every request to a server, for completions and about weights.</summary>
internal static class ServerRules
{
    /// <summary>Whether requests can be sent to an address.</summary>
    public static bool IsAddress(Uri? address) => address is { IsAbsoluteUri: true, Scheme: "http" or "https" };

    /// <summary>Whether a timer accepts a time limit: above zero and at most 24 days.</summary>
    public static bool IsTimeLimit(TimeSpan limit) => limit > TimeSpan.Zero && limit.TotalMilliseconds <= int.MaxValue;

    /// <summary>Whether the same request may succeed later according to a status: the server is busy, or failed internally.</summary>
    public static bool MayPass(int status) => status is 408 or 429 or >= 500;
}
