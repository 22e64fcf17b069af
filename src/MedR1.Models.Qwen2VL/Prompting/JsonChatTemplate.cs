using System.Text.Json;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Renders conversations given as JSON, in the format of Hugging Face's <c>apply_chat_template</c>:
/// <c>[{"role": …, "content": text or [part, …]}]</c>.
/// </summary>
/// <remarks>
/// The template tests for keys, not for values: a part with a key <c>image</c> or <c>image_url</c> is an image even if the value
/// is null and the part also has a text, as in data sets whose parts all have the same columns. Parts that are neither image,
/// video nor text produce nothing. Thread-safe.
/// </remarks>
public static class JsonChatTemplate
{
    /// <summary>Renders a conversation as control tokens and runs of plain text.</summary>
    /// <param name="messages">The conversation, a JSON array.</param>
    /// <param name="addGenerationPrompt">Whether the opening of the model's answer is appended.</param>
    /// <param name="addVisionId">Whether images and videos are numbered: <c>Picture 1: </c>, <c>Video 1: </c>.</param>
    /// <exception cref="InvalidPromptException">The JSON is not a conversation.</exception>
    public static IReadOnlyList<PromptSegment> RenderSegments(
        JsonElement messages, bool addGenerationPrompt = true, bool addVisionId = false)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidPromptException($"A conversation is a JSON array of messages, not {messages.ValueKind}.");
        }

        return TemplateRenderer.Render(
            [.. messages.EnumerateArray().Select(ReadMessage)], addGenerationPrompt, addVisionId);
    }

    private static TemplateMessage ReadMessage(JsonElement message, int index)
    {
        if (message.ValueKind != JsonValueKind.Object ||
            !message.TryGetProperty("role", out JsonElement role) || role.ValueKind != JsonValueKind.String)
        {
            throw new InvalidPromptException($"Message {index} of the conversation is not an object with a string 'role'.");
        }

        JsonElement content = message.TryGetProperty("content", out JsonElement value) ? value : default;
        return new TemplateMessage(role.GetString()!, content.ValueKind switch
        {
            // No content, as in an answer that only calls a tool; the reference's template renders an empty message.
            JsonValueKind.Undefined => [],
            JsonValueKind.String => [new TemplatePart(TemplatePartKind.Text, content.GetString()!)],
            JsonValueKind.Array => [.. content.EnumerateArray().Select((part, place) => ReadPart(part, index, place))],
            _ => throw new InvalidPromptException(
                $"Message {index} of the conversation has content of type {content.ValueKind}; expected a string or a list " +
                "of parts."),
        });
    }

    private static TemplatePart ReadPart(JsonElement part, int message, int place)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidPromptException(
                $"Part {place} of message {message} is {part.ValueKind}; expected an object such as " +
                "{\"type\": \"text\", \"text\": …}.");
        }

        string? type = part.TryGetProperty("type", out JsonElement name) && name.ValueKind == JsonValueKind.String
            ? name.GetString()
            : null;
        if (type == "image" || part.TryGetProperty("image", out _) || part.TryGetProperty("image_url", out _))
        {
            return new TemplatePart(TemplatePartKind.Image);
        }

        if (type == "video" || part.TryGetProperty("video", out _))
        {
            return new TemplatePart(TemplatePartKind.Video);
        }

        if (!part.TryGetProperty("text", out JsonElement text))
        {
            return new TemplatePart(TemplatePartKind.Text);
        }

        return new TemplatePart(TemplatePartKind.Text, text.ValueKind switch
        {
            JsonValueKind.String => text.GetString()!,
            JsonValueKind.Null => "None", // As the reference's template engine renders a null text.
            _ => throw new InvalidPromptException(
                $"The text of part {place} of message {message} is {text.ValueKind}, not a string."),
        });
    }
}
