using System.Text;

namespace MedR1.Modeling;

/// <summary>
/// Decodes a stream of tokens to complete characters. A UTF-8 prefix that can still become a character is held back; an invalid
/// prefix becomes U+FFFD at once, except for the beginning of an encoded surrogate (ED, then A0 to BF), which waits for its third
/// byte as in Python's incremental decoder. An instance serves one stream and is not thread-safe.
/// </summary>
/// <param name="bytesOf">Returns the bytes of a token; empty for a token that produces no text.</param>
public sealed class Utf8StreamingDecoder(Func<int, ReadOnlyMemory<byte>> bytesOf) : IStreamingDecoder
{
    private readonly Func<int, ReadOnlyMemory<byte>> _bytesOf = bytesOf
        ?? throw new ArgumentNullException(nameof(bytesOf));
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    private const byte SurrogateLead = 0xED;
    private byte _last;

    // The second byte of an encoded surrogate, not yet passed to the decoder.
    private byte? _held;
    private bool _completed;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The stream was completed.</exception>
    public string Append(int tokenId)
    {
        ThrowIfCompleted();
        return Decode(_bytesOf(tokenId).Span, flush: false);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The stream was completed.</exception>
    public string Complete()
    {
        ThrowIfCompleted();
        _completed = true;
        return Decode([], flush: true);
    }

    private string Decode(ReadOnlySpan<byte> next, bool flush)
    {
        ReadOnlySpan<byte> bytes = _held is byte held ? [held, .. next] : next;
        _held = null;
        if (!flush && bytes is [.., >= 0xA0 and <= 0xBF] && (bytes.Length > 1 ? bytes[^2] : _last) == SurrogateLead)
        {
            _held = bytes[^1];
            bytes = bytes[..^1];
        }

        _last = bytes is [.., byte last] ? last : _last;
        int count = _decoder.GetCharCount(bytes, flush);
        if (count == 0)
        {
            // The decoder must still consume the bytes, because it buffers the incomplete character.
            _decoder.GetChars(bytes, [], flush);
            return "";
        }

        char[] characters = new char[count];
        return new string(characters, 0, _decoder.GetChars(bytes, characters, flush));
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException("This stream is complete; create a new decoder for the next one.");
        }
    }
}
