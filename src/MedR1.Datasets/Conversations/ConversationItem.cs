namespace MedR1.Datasets;

/// <summary>Creates messages from one item of a conversation file.</summary>
internal static class ConversationItem
{
    private const string Mark = "<image>";

    /// <summary>The messages, with an image in place of each <c>&lt;image&gt;</c> placeholder.</summary>
    /// <exception cref="DatasetException">A role is unknown, or the numbers of placeholders and images differ.</exception>
    public static ChatMessage[] Messages(JsonItem item, IImageSource[] images)
    {
        bool isLlava = item.Has("conversations");
        string list = isLlava ? "conversations" : "messages";
        (string roleField, string textField) = isLlava ? ("from", "value") : ("role", "content");
        int next = 0;
        List<ChatMessage> messages = [];
        foreach (JsonItem message in item.Objects(list))
        {
            messages.Add(new ChatMessage(
                Role(message, roleField), Parts(item, message.Text(textField), images, ref next)));
        }

        return next == images.Length
            ? [.. messages]
            : throw item.Fault(
                list, $"{next} '{Mark}' placeholders for {images.Length} images. Each image needs one placeholder.");
    }

    private static ChatRole Role(JsonItem message, string field) => message.Text(field) switch
    {
        "human" or "user" => ChatRole.User,
        "gpt" or "assistant" => ChatRole.Assistant,
        "system" => ChatRole.System,
        string other => throw message.Fault(
            field, $"'{other}' is not a known role; human, user, gpt, assistant or system was expected."),
    };

    private static List<ChatPart> Parts(JsonItem item, string text, IImageSource[] images, ref int next)
    {
        List<ChatPart> parts = [];
        string[] pieces = text.Split(Mark);
        for (int i = 0; i < pieces.Length; i++)
        {
            if (i > 0)
            {
                parts.Add(next < images.Length
                    ? new ImagePart(images[next++])
                    : throw item.Fault("image", $"more '{Mark}' placeholders than the item's {images.Length} images."));
            }

            string piece = i > 0 ? WithoutFirstBreak(pieces[i]) : pieces[i];
            piece = i < pieces.Length - 1 ? WithoutLastBreak(piece) : piece;
            if (piece.Length > 0)
            {
                parts.Add(new TextPart(piece));
            }
        }

        return parts;
    }

    private static string WithoutFirstBreak(string text) => text switch
    {
        ['\r', '\n', ..] => text[2..],
        ['\n', ..] => text[1..],
        _ => text,
    };

    private static string WithoutLastBreak(string text) => text switch
    {
        [.., '\r', '\n'] => text[..^2],
        [.., '\n'] => text[..^1],
        _ => text,
    };
}
