namespace MedR1.Modeling;

/// <summary>Decodes tokens to text as they arrive, complete characters only. An instance serves one stream.</summary>
public interface IStreamingDecoder
{
    /// <summary>Appends a token and returns the characters that it completes.</summary>
    /// <param name="tokenId">The token.</param>
    string Append(int tokenId);

    /// <summary>Ends the stream and returns any remaining text; an incomplete character becomes U+FFFD.</summary>
    string Complete();
}
