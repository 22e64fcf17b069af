namespace MedR1;

/// <summary>A prompt for a model: a conversation that ends with a question, and the example that it was made from.</summary>
/// <param name="Messages">The conversation; the model speaks next.</param>
public sealed record VqaPrompt(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The example that the prompt was made from, for rewards and reports; <see langword="null"/> if there is none.</summary>
    public VqaExample? Example { get; init; }

    /// <summary>
    /// The seed of every random choice for this prompt: sample <c>k</c> uses a generator seeded with (seed, <c>k</c>). If
    /// <see langword="null"/>, the seed is derived from the options' seed and the prompt's index in the call.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>The images of all messages, in order.</summary>
    public IEnumerable<IImageSource> Images =>
        Messages.SelectMany(message => message.Content.OfType<ImagePart>()).Select(part => part.Image);

    /// <summary>A prompt with a single user message: images first, then the text.</summary>
    /// <param name="text">The question.</param>
    /// <param name="images">The images.</param>
    public static VqaPrompt Ask(string text, params IEnumerable<IImageSource> images) => new([ChatMessage.User(text, images)]);

    /// <summary>The messages, one per line, with images shown by name.</summary>
    public override string ToString() => string.Join('\n', Messages);
}
