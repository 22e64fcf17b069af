namespace MedR1.Modeling;

/// <summary>Turns conversations into a model's input, and tokens into text.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IVisionLanguageProcessor
{
    /// <summary>The tokenizer.</summary>
    ITextTokenizer Tokenizer { get; }

    /// <summary>
    /// Renders the conversation up to the start of the model's turn, opens and prepares its images, and encodes the text.
    /// </summary>
    /// <param name="prompt">The conversation.</param>
    /// <param name="cancellationToken">Cancels between images.</param>
    /// <exception cref="InvalidPromptException">The prompt is empty or can't be encoded.</exception>
    EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default);

    /// <summary>Encodes the target answer, including its end token, for supervised training.</summary>
    /// <param name="text">The answer.</param>
    IReadOnlyList<int> EncodeCompletion(string text);
}
