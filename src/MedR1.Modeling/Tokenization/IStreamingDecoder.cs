namespace MedR1.Modeling;

/// <summary>Returns text as tokens arrive, complete characters only. It belongs to one stream.</summary>
public interface IStreamingDecoder
{
    /// <summary>Takes a token and returns the characters that it completes.</summary>
    /// <param name="tokenId">The token.</param>
    string Append(int tokenId);

    /// <summary>Ends the stream and returns what was held back; an incomplete character becomes U+FFFD.</summary>
    string Complete();
}
