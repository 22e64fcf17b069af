using System.ClientModel.Primitives;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads an answer, and decides whether it is one.</summary>
internal static class AnswerReader
{
    private const int ShownBytes = 1024;

    // llama.cpp's message for n > 1, in versions that don't draw several completions.
    private const string OneOnly = "Only one completion choice is allowed";

    /// <summary>Reads the body of an answer of limited size as JSON.</summary>
    public static async Task<AttemptResult> ReadAsync(
        PipelineResponse response, int maxBytes, CancellationToken cancellationToken)
    {
        Stream stream = response.ContentStream ?? Stream.Null;
        (ReadOnlyMemory<byte> body, bool isWhole) = await ReadAsync(stream, maxBytes, cancellationToken).ConfigureAwait(false);

        // Only the start is ever shown, and an answer may have several megabytes.
        string start = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, ShownBytes)]);
        response.Headers.TryGetValue("Retry-After", out string? wait);
        AttemptResult answer = new()
        {
            Status = response.Status,
            Body = start,
            RetryAfter = RetrySchedule.ReadRetryAfter(wait, DateTimeOffset.UtcNow),
        };
        if (response.Status is < 200 or >= 300)
        {
            bool isOneOnly = start.Contains(OneOnly, StringComparison.OrdinalIgnoreCase);
            return answer with
            {
                Problem = isOneOnly ? "the server samples one completion per request; set SeparateRequests." : Refusal(response),
                IsTransient = ServerRules.MayPass(response.Status) && !isOneOnly,
            };
        }

        if (!isWhole)
        {
            return answer with
            {
                Problem = string.Create(
                    CultureInfo.InvariantCulture, $"the answer has more than {maxBytes:N0} bytes, the MaxResponseBytes."),
            };
        }

        try
        {
            return Check(answer, AnswerJson.Parse(body));
        }
        catch (JsonException e)
        {
            return answer with { Problem = $"the answer is not JSON ({e.Message}).", IsTransient = true, Cause = e };
        }
    }

    // Some proxies wrap a server's error, also one that passes, in an answer of status 200.
    private static AttemptResult Check(AttemptResult answer, JsonDocument json)
    {
        JsonElement? root = json.RootElement;
        if (root.Member("choices") is not null || root.Member("error") is not { ValueKind: JsonValueKind.Object } error)
        {
            return answer with { Json = json };
        }

        bool mayPass = ServerError.MayPass(error);
        json.Dispose();
        return answer with
        {
            Problem = "the server refused, although the status of its answer reports success.",
            IsTransient = mayPass,
        };
    }

    // Redirects are not followed, and mostly have no text that would say so.
    private static string Refusal(PipelineResponse response) =>
        response.Status is >= 300 and < 400 && response.Headers.TryGetValue("Location", out string? place)
            ? $"the server redirects to '{place}'; set Endpoint to the final address."
            : "the server refused.";

    private static async Task<(ReadOnlyMemory<byte> Body, bool IsWhole)> ReadAsync(
        Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        byte[] buffer = new byte[81_920];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            int kept = (int)Math.Min(count, maxBytes - body.Length);
            body.Write(buffer, 0, kept);
            if (kept < count)
            {
                return (body.GetBuffer().AsMemory(0, (int)body.Length), false);
            }
        }

        return (body.GetBuffer().AsMemory(0, (int)body.Length), true);
    }
}
