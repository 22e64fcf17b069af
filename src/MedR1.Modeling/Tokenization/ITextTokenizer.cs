namespace MedR1.Modeling;

/// <summary>Encodes text to tokens and decodes tokens to text.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface ITextTokenizer
{
    /// <summary>The number of tokens, including control tokens.</summary>
    int VocabularySize { get; }

    /// <summary>The control tokens and their ids.</summary>
    IReadOnlyDictionary<string, int> SpecialTokens { get; }

    /// <summary>Encodes text, without adding tokens before or after it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="handling">Whether names of control tokens in the text become those tokens or plain text.</param>
    IReadOnlyList<int> Encode(string text, ControlTokenHandling handling = ControlTokenHandling.AsText);

    /// <summary>Decodes a whole sequence; invalid UTF-8 becomes U+FFFD.</summary>
    /// <param name="tokenIds">The ids; ids without a token are ignored.</param>
    /// <param name="skipSpecialTokens">Whether control tokens are skipped.</param>
    string Decode(IEnumerable<int> tokenIds, bool skipSpecialTokens = true);

    /// <summary>Creates a decoder for tokens that arrive one at a time.</summary>
    /// <param name="skipSpecialTokens">Whether control tokens are skipped.</param>
    IStreamingDecoder CreateStreamingDecoder(bool skipSpecialTokens = true);
}
