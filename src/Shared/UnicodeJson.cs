using System.Text.Json;
using System.Text.Unicode;

namespace MedR1;

/// <summary>
/// Parses JSON and its texts. <see cref="JsonDocument"/> notices bytes that are not UTF-8, and half of a surrogate pair, only when the
/// text is read, and then by an exception that looks like a mistake of the reader.
/// </summary>
internal static class UnicodeJson
{
    /// <exception cref="JsonException">This is not JSON, or one of its texts is not Unicode.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json)
    {
        JsonDocument document = JsonDocument.Parse(json);
        try
        {
            RequireTexts(json.Span);
            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    private static void RequireTexts(ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && !IsText(ref reader))
            {
                throw new JsonException($"The text at byte {reader.TokenStartIndex} is not valid Unicode.");
            }
        }
    }

    private static bool IsText(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return Utf8.IsValid(reader.ValueSpan);
        }

        try
        {
            return reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
