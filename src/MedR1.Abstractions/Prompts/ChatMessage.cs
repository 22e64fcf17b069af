namespace MedR1;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">The speaker's role.</param>
/// <param name="Content">Text and images, in order.</param>
public sealed record ChatMessage(ChatRole Role, IReadOnlyList<ChatPart> Content)
{
    /// <summary>A user message: images first, then the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="images">The images.</param>
    public static ChatMessage User(string text, params IEnumerable<IImageSource> images) =>
        new(ChatRole.User, [.. images.Select(image => new ImagePart(image)), new TextPart(text)]);

    /// <summary>A message from the model.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage Assistant(string text) => new(ChatRole.Assistant, [new TextPart(text)]);

    /// <summary>A system message.</summary>
    /// <param name="text">The text.</param>
    public static ChatMessage System(string text) => new(ChatRole.System, [new TextPart(text)]);

    /// <summary>The role, then texts and image names, in order.</summary>
    public override string ToString() => $"{Role}: " + string.Join(' ', Content.Select(part => part switch
    {
        TextPart text => text.Text,
        ImagePart image => $"[{image.Image.Name}]",
        _ => part.ToString(),
    }));
}
