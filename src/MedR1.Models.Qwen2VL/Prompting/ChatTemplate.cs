using System.Text;
using MedR1.Modeling;

namespace MedR1.Models.Qwen2VL;

/// <summary>
/// Renders conversations in the format on which Qwen2-VL and Qwen2.5-VL were trained: a default system message unless the first
/// message is a system message, <c>&lt;|im_start|&gt;role⏎content&lt;|im_end|&gt;⏎</c> for each message, text verbatim, and a
/// placeholder between vision delimiters for each image.
/// </summary>
/// <remarks>
/// The text of messages is never parsed for control tokens: a literal <c>&lt;|image_pad|&gt;</c> in a question becomes plain text
/// tokens, not an image placeholder. Thread-safe.
/// </remarks>
public static class ChatTemplate
{
    /// <summary>Renders a conversation as text, with one placeholder for each image.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the opening of the model's answer is appended.</param>
    /// <param name="addVisionId">Whether images are numbered: <c>Picture 1: </c>.</param>
    public static string Render(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, bool addVisionId = false) =>
        ToText(RenderSegments(messages, addGenerationPrompt, addVisionId));

    /// <summary>Renders a conversation as control tokens and runs of plain text.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the opening of the model's answer is appended.</param>
    /// <param name="addVisionId">Whether images are numbered: <c>Picture 1: </c>.</param>
    public static IReadOnlyList<PromptSegment> RenderSegments(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt = true, bool addVisionId = false)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return TemplateRenderer.Render([.. messages.Select(ToTemplate)], addGenerationPrompt, addVisionId);
    }

    /// <summary>
    /// Encodes a conversation, with one placeholder for each image; <see cref="PromptExpansion"/> repeats the placeholders.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="messages">The conversation.</param>
    /// <param name="addGenerationPrompt">Whether the opening of the model's answer is appended.</param>
    /// <param name="addVisionId">Whether images are numbered: <c>Picture 1: </c>.</param>
    /// <exception cref="InvalidPromptException">The tokenizer lacks a control token.</exception>
    public static IReadOnlyList<int> EncodeConversation(
        ITextTokenizer tokenizer,
        IReadOnlyList<ChatMessage> messages,
        bool addGenerationPrompt = true,
        bool addVisionId = false) =>
        Encode(tokenizer, RenderSegments(messages, addGenerationPrompt, addVisionId));

    /// <summary>Encodes a rendered conversation.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="segments">The segments; only those marked as control tokens become control tokens.</param>
    /// <exception cref="InvalidPromptException">The tokenizer lacks a control token.</exception>
    public static IReadOnlyList<int> Encode(ITextTokenizer tokenizer, IReadOnlyList<PromptSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(segments);
        List<int> ids = [];
        foreach (PromptSegment segment in segments)
        {
            if (segment.IsControl)
            {
                ids.Add(Qwen2VLTokens.IdOf(tokenizer, segment.Text));
            }
            else
            {
                ids.AddRange(tokenizer.Encode(segment.Text));
            }
        }

        return ids;
    }

    /// <summary>Returns the text of a rendered conversation.</summary>
    /// <param name="segments">The segments.</param>
    public static string ToText(IReadOnlyList<PromptSegment> segments)
    {
        ArgumentNullException.ThrowIfNull(segments);
        return segments.Aggregate(new StringBuilder(), (text, segment) => text.Append(segment.Text)).ToString();
    }

    private static TemplateMessage ToTemplate(ChatMessage message) => new(
        message.Role.Value,
        [.. message.Content.Select(part => part switch
        {
            ImagePart => new TemplatePart(TemplatePartKind.Image),
            TextPart text => new TemplatePart(TemplatePartKind.Text, text.Text),
            _ => throw new InvalidPromptException(
                $"A {message.Role} message contains a {part.GetType().Name}; use text and images."),
        })]);
}
