namespace MedR1.Datasets;

/// <summary>Creates messages from one item of a conversation file.</summary>
internal static class ConversationItem
{
    private const string Mark = "<image>";

    /// <summary>The messages, with an image in place of each placeholder.</summary>
    /// <exception cref="DatasetException">A role is unknown, or the numbers of placeholders and images differ.</exception>
    public static ChatMessage[] Messages(JsonItem item, IImageSource[] images)
    {
        (string[] lists, string roleField, string textField) = item.Has("conversations")
            ? ((string[])["conversations"], "from", "value")
            : (item.Has("messages") || !item.Has("prompt") ? ["messages"] : item.Has("completion") ? ["prompt", "completion"] : ["prompt"],
                "role", "content");
        int next = 0;
        List<ChatMessage> messages = [];
        foreach (JsonItem message in lists.SelectMany(list => item.Objects(list)))
        {
            messages.Add(new ChatMessage(
                Role(message, roleField),
                message.HasList(textField)
                    ? Parts(item, message.Objects(textField), images, ref next)
                    : Parts(item, message.Text(textField), images, ref next)));
        }

        return next == images.Length
            ? [.. messages]
            : throw item.Fault(
                lists[0], $"{next} '{Mark}' placeholders for {images.Length} images. Each image needs one placeholder.");
    }

    /// <summary>The other fields that are texts, numbers or truth values, as written.</summary>
    public static Dictionary<string, string> Metadata(JsonItem item) => item.Values()
        .Where(pair => pair.Key is not ("id" or "image" or "images")).ToDictionary();

    private static ChatRole Role(JsonItem message, string field) => message.Text(field) switch
    {
        "human" or "user" => ChatRole.User,
        "gpt" or "assistant" => ChatRole.Assistant,
        "system" => ChatRole.System,
        string other => throw message.Fault(
            field, $"'{other}' is not a known role; human, user, gpt, assistant or system was expected."),
    };

    // Data sets whose parts all have the same fields have a null text in the parts of images, and an index, which counts the images.
    private static List<ChatPart> Parts(JsonItem item, IEnumerable<JsonItem> described, IImageSource[] images, ref int next)
    {
        List<ChatPart> parts = [];
        foreach (JsonItem part in described)
        {
            parts.Add(part.Text("type") switch
            {
                "text" => new TextPart(part.Text("text")),
                "image" => Next(item, images, ref next),
                string other => throw part.Fault("type", $"'{other}' is not a known kind of part; text or image was expected."),
            });
        }

        return parts;
    }

    private static ImagePart Next(JsonItem item, IImageSource[] images, ref int next) => next < images.Length
        ? new ImagePart(images[next++])
        : throw item.Fault("image", $"more '{Mark}' placeholders than the item's {images.Length} images.");

    private static List<ChatPart> Parts(JsonItem item, string text, IImageSource[] images, ref int next)
    {
        List<ChatPart> parts = [];
        string[] pieces = text.Split(Mark);
        for (int i = 0; i < pieces.Length; i++)
        {
            if (i > 0)
            {
                parts.Add(Next(item, images, ref next));
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
