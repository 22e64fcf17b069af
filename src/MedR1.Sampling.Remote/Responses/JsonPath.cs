using System.Text.Json;

namespace MedR1.Sampling.Remote;

/// <summary>Reads JSON of unknown shape: whatever is missing or of the wrong kind is null.</summary>
internal static class JsonPath
{
    public static JsonElement? Member(this JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } found && found.TryGetProperty(name, out JsonElement value)
            ? value
            : null;

    public static IReadOnlyList<JsonElement>? Items(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Array } found ? [.. found.EnumerateArray()] : null;

    /// <exception cref="UnreadableTextException">The text contains half of a surrogate pair or bytes that are not UTF-8.</exception>
    public static string? Text(this JsonElement? element)
    {
        if (element is not { ValueKind: JsonValueKind.String } found)
        {
            return null;
        }

        try
        {
            return found.GetString();
        }
        catch (InvalidOperationException e)
        {
            // Parsing doesn't validate the content of strings; this does.
            throw new UnreadableTextException(e.Message, e);
        }
    }

    public static int? Integer(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Number } found && found.TryGetInt32(out int value) ? value : null;

    /// <summary>A list of whole numbers; null if the element is anything else.</summary>
    public static IReadOnlyList<int>? Integers(this JsonElement? element)
    {
        int?[]? numbers = element.Items()?.Select(item => ((JsonElement?)item).Integer()).ToArray();
        return numbers is not null && Array.TrueForAll(numbers, number => number is not null)
            ? [.. numbers.OfType<int>()]
            : null;
    }

    /// <summary>A number; NaN if there is none.</summary>
    public static double Number(this JsonElement? element) =>
        element is { ValueKind: JsonValueKind.Number } found && found.TryGetDouble(out double value)
            ? value
            : double.NaN;
}
