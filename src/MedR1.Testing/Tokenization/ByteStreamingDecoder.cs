using System.Text;

using MedR1.Modeling;

namespace MedR1.Testing;

/// <summary>Decodes bytes as a stream, and holds back those of a character until it is complete.</summary>
internal sealed class ByteStreamingDecoder(bool skipSpecialTokens) : IStreamingDecoder
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <inheritdoc/>
    public string Append(int tokenId)
    {
        if (tokenId is >= 0 and < 256)
        {
            return Decode([(byte)tokenId], flush: false);
        }

        // A control token that is skipped joins the bytes on either side, as when decoding the whole sequence.
        return skipSpecialTokens || ByteTokenizer.NameOf(tokenId) is not string name
            ? ""
            : Decode([], flush: true) + name;
    }

    /// <inheritdoc/>
    public string Complete() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> characters = stackalloc char[8];
        int count = _decoder.GetChars(bytes, characters, flush);
        return new string(characters[..count]);
    }
}
