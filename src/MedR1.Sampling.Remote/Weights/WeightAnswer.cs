using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>A server's answer to a request about its weights.</summary>
/// <param name="Server">The server's address.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body as received.</param>
internal sealed record WeightAnswer(Uri Server, int Status, string Body)
{
    private const int MostCharacters = 500;

    private readonly JsonElement _json = Parse(Body);

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Whether the body is an object with a value of this kind under this name.</summary>
    public bool Says(string name, JsonValueKind kind) => Property(name).ValueKind == kind;

    /// <summary>A string in the body of a successful answer; null if there is none, or none that can be read.</summary>
    public string? Text(string name) => IsSuccess ? TextOf(Property(name)) : null;

    /// <summary>A string from each element of a list in the body.</summary>
    public string[] Names(string list, string name) => IsSuccess && Property(list) is { ValueKind: JsonValueKind.Array } array
        ? [.. array.EnumerateArray().Select(element => TextOf(PropertyOf(element, name))).OfType<string>()]
        : [];

    /// <summary>Creates an exception that describes what the server failed to do, and its answer.</summary>
    public ServerWeightsException Fail(string problem)
    {
        string start = Body.Length > MostCharacters ? Body[..MostCharacters] : Body;
        return new ServerWeightsException($"The server at {Server} {problem}. It answered {Status}: {start}");
    }

    private JsonElement Property(string name) => PropertyOf(_json, name);

    private static JsonElement PropertyOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? TextOf(JsonElement? element)
    {
        try
        {
            return element.Text();
        }
        catch (UnreadableTextException)
        {
            return null;
        }
    }

    // vLLM answers some requests in plain text.
    private static JsonElement Parse(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
