namespace MedR1.Modeling;

/// <summary>Turns conversations into what a model takes, and tokens into text.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public interface IVisionLanguageProcessor
{
    /// <summary>The tokenizer.</summary>
    ITextTokenizer Tokenizer { get; }

    /// <summary>
    /// Renders the conversation, opens and prepares its pictures, and encodes the text; the model speaks next.
    /// </summary>
    /// <param name="prompt">The conversation.</param>
    /// <param name="cancellationToken">Cancels between pictures.</param>
    /// <exception cref="InvalidPromptException">The prompt is empty or can't be encoded.</exception>
    EncodedPrompt Encode(VqaPrompt prompt, CancellationToken cancellationToken = default);

    /// <summary>Encodes what the model should say, its end token included, for supervised training.</summary>
    /// <param name="text">The answer.</param>
    IReadOnlyList<int> EncodeCompletion(string text);
}
