namespace MedR1;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks.</param>
/// <param name="Content">Text and pictures in their order.</param>
public sealed record ChatMessage(ChatRole Role, IReadOnlyList<ChatPart> Content)
{
    /// <summary>A message of the user: pictures first, then the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="images">The pictures.</param>
    public static ChatMessage User(string text, params IEnumerable<IImageSource> images) =>
        new(ChatRole.User, [.. images.Select(image => new ImagePart(image)), new TextPart(text)]);

    /// <summary>A message of the model.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage Assistant(string text) => new(ChatRole.Assistant, [new TextPart(text)]);

    /// <summary>A message of the system.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage System(string text) => new(ChatRole.System, [new TextPart(text)]);

    /// <summary>The speaker, then texts and the names of pictures in their order.</summary>
    public override string ToString() => $"{Role}: " + string.Join(' ', Content.Select(part => part switch
    {
        TextPart text => text.Text,
        ImagePart image => $"[{image.Image.Name}]",
        _ => part.ToString(),
    }));
}
