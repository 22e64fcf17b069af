using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads the error object of an answer, in which servers and proxies give a status as a number, as its text, or by a name.</summary>
internal static class ServerError
{
    // As OpenAI ("rate_limit_exceeded"), Google ("RESOURCE_EXHAUSTED"), Azure ("TooManyRequests") and Anthropic ("overloaded_error") name
    // the statuses 408, 429, 500, 502, 503, 504 and 529; lower case without separators.
    private static readonly FrozenSet<string> s_passing = FrozenSet.Create(
        "requesttimeout", "timeout", "timeouterror", "ratelimit", "ratelimitexceeded", "ratelimiterror", "toomanyrequests",
        "resourceexhausted", "throttlingerror", "internal", "internalerror", "internalservererror", "servererror", "apierror",
        "badgateway", "unavailable", "serviceunavailable", "serviceunavailableerror", "overloaded", "overloadederror",
        "engineoverloaded", "serveroverloaded", "gatewaytimeout", "deadlineexceeded");

    /// <summary>Whether the same request may succeed later: as the number says if there is one, else as the names say.</summary>
    public static bool MayPass(JsonElement error)
    {
        JsonElement?[] codes = [.. ((string[])["code", "status", "type"]).Select(name => ((JsonElement?)error).Member(name))];
        return codes.Select(Status).FirstOrDefault(status => status is not null) is { } status
            ? ServerRules.MayPass(status)
            : codes.Any(code => Name(code) is { } name && s_passing.Contains(name));
    }

    private static int? Status(JsonElement? code) => code.Integer()
        ?? (int.TryParse(TextOf(code), NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : null);

    private static string? Name(JsonElement? code) => TextOf(code) is { } text
        ? string.Concat(text.Where(char.IsAsciiLetter).Select(char.ToLowerInvariant)) : null;

    private static string? TextOf(JsonElement? code)
    {
        try
        {
            return code.Text();
        }
        catch (UnreadableTextException)
        {
            return null;
        }
    }
}
