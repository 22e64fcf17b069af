namespace MedR1.Modeling;

/// <summary>Turns text into tokens and back.</summary>
/// <remarks>Safe to use from several threads at once.</remarks>
public interface ITextTokenizer
{
    /// <summary>Number of tokens, control tokens included.</summary>
    int VocabularySize { get; }

    /// <summary>The control tokens and their ids.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>Encodes text. Nothing is added before or after it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="handling">Whether a control token's name inside the text is that token, or plain text.</param>
    IReadOnlyList<int> Encode(string text, ControlTokenHandling handling = ControlTokenHandling.AsText);

    /// <summary>Decodes whole sequences; invalid UTF-8 becomes U+FFFD.</summary>
    /// <param name="tokenIds">The ids; those without a token are ignored.</param>
    /// <param name="skipSpecialTokens">Whether control tokens are left out.</param>
    string Decode(IEnumerable<int> tokenIds, bool skipSpecialTokens = true);

    /// <summary>Creates a decoder for tokens that arrive one by one.</summary>
    /// <param name="skipSpecialTokens">Whether control tokens are left out.</param>
    IStreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true);
}
