namespace MedR1;

/// <summary>What a model is asked: a conversation that ends with a question, and the example it was made from.</summary>
/// <param name="Messages">The conversation; the model speaks next.</param>
public sealed record VqaPrompt(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The example that the prompt was made from, for rewards and reports; <see langword="null"/> if there is none.</summary>
    public VqaExample? Example { get; init; }

    /// <summary>
    /// The seed of every random choice for this prompt: its sample <c>k</c> draws from a generator seeded with (this, <c>k</c>). If
    /// <see langword="null"/>, it is derived from the options' seed and the prompt's index in the call.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>The images of all messages, in order.</summary>
    public IEnumerable<IImageSource> Images =>
        Messages.SelectMany(message => message.Content.OfType<ImagePart>()).Select(part => part.Image);

    /// <summary>A prompt with a single user message: images first, then the text.</summary>
    /// <param name="text">The question.</param>
    /// <param name="images">The images.</param>
    public static VqaPrompt Ask(string text, params IEnumerable<IImageSource> images) => new([ChatMessage.User(text, images)]);

    /// <summary>The messages, one per line, with images given by name.</summary>
    public override string ToString() => string.Join('\n', Messages);
}
