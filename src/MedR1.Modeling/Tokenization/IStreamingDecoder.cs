namespace MedR1.Modeling;

/// <summary>Gives text as tokens come, and only complete characters of it. It belongs to one stream.</summary>
public interface IStreamingDecoder
{
    /// <summary>Takes a token and gives the characters that it completes.</summary>
    /// <param name="tokenId">The token.</param>
    string Append(int tokenId);

    /// <summary>Ends the stream and gives what was held back; a broken character becomes U+FFFD.</summary>
    string Complete();
}
