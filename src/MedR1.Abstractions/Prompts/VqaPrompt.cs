namespace MedR1;

/// <summary>What a model is asked: a conversation that ends with a question, and the example that it was made from.</summary>
/// <param name="Messages">The conversation; the model speaks next.</param>
public sealed record VqaPrompt(IReadOnlyList<ChatMessage> Messages)
{
    /// <summary>The example behind the prompt, for rewards and reports; <see langword="null"/> for a free question.</summary>
    public VqaExample? Example { get; init; }

    /// <summary>
    /// The start of every random choice for this prompt: sample <c>k</c> of it draws from a generator that is seeded by
    /// (this, <c>k</c>). <see langword="null"/> takes it from the options' seed and the prompt's place in the call.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>The pictures of all messages, in order.</summary>
    public IEnumerable<IImageSource> Images =>
        Messages.SelectMany(message => message.Content.OfType<ImagePart>()).Select(part => part.Image);

    /// <summary>A prompt of one user message: pictures first, then the text.</summary>
    /// <param name="text">The question.</param>
    /// <param name="images">The pictures.</param>
    public static VqaPrompt Ask(string text, params IEnumerable<IImageSource> images) => new([ChatMessage.User(text, images)]);

    /// <summary>The messages, one a line, pictures by their names.</summary>
    public override string ToString() => string.Join('\n', Messages);
}
