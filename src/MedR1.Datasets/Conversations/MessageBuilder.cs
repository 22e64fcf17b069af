namespace MedR1.Datasets;

/// <summary>Creates the messages of one item, whatever the file's format, with its images in place of their marks.</summary>
/// <param name="images">The item's images.</param>
/// <param name="layout">The item's layout.</param>
/// <param name="fault">Creates the exception for a field and what is wrong with it.</param>
internal sealed class MessageBuilder(
    IImageSource[] images, ConversationLayout layout, Func<string, string, DatasetException> fault)
{
    private int _next;

    /// <summary>The messages, with an image in place of each placeholder.</summary>
    /// <exception cref="DatasetException">A role is unknown, or the numbers of placeholders and images differ.</exception>
    public ChatMessage[] Messages(IEnumerable<WrittenMessage> described)
    {
        List<ChatMessage> messages = [];
        bool allTexts = true;
        foreach (WrittenMessage message in described)
        {
            allTexts &= message.Text is not null;
            messages.Add(new ChatMessage(Role(message.Role), message.Text is { } text ? Parts(text) : Parts(message.Parts)));
        }

        int question = messages.FindIndex(message => message.Role == ChatRole.User);
        if (_next == 0 && allTexts && question >= 0)
        {
            // As TRL and VLM-R1 do, whose data sets of plain texts have no marks.
            messages[question] = new ChatMessage(
                ChatRole.User, [.. images.Select(image => new ImagePart(image)), .. messages[question].Content]);
            _next = images.Length;
        }

        return _next == images.Length
            ? [.. messages]
            : throw fault(
                layout.Lists[0], $"{_next} '{ImageMarks.Mark}' placeholders for {images.Length} images. Each image needs one placeholder.");
    }

    private ChatRole Role(string name) => name switch
    {
        "human" or "user" => ChatRole.User,
        "gpt" or "assistant" => ChatRole.Assistant,
        "system" => ChatRole.System,
        _ => throw fault(
            layout.RoleField, $"'{name}' is not a known role; human, user, gpt, assistant or system was expected."),
    };

    private List<ChatPart> Parts(IEnumerable<WrittenPart> described)
    {
        List<ChatPart> parts = [];
        foreach (WrittenPart part in described)
        {
            parts.Add(part.Type switch
            {
                "text" => new TextPart(part.Text ?? throw fault("text", "missing. Every part of type text needs it.")),
                "image" => Next(),
                _ => throw fault("type", $"'{part.Type}' is not a known kind of part; text or image was expected."),
            });
        }

        return parts;
    }

    private ImagePart Next() => _next < images.Length
        ? new ImagePart(images[_next++])
        : throw fault("image", $"more '{ImageMarks.Mark}' placeholders than the item's {images.Length} images.");

    private List<ChatPart> Parts(string text) => ImageMarks.Parts(ImageMarks.Split(text), _ => Next());
}
