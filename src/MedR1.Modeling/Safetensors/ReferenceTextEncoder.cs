using System.Text;
using System.Text.Encodings.Web;

namespace MedR1.Modeling;

/// <summary>
/// Escapes what serde_json escapes, which the reference implementation of safetensors writes its header with: quotation mark,
/// backslash and control characters below U+0020. .NET's encoders also escape other characters, such as U+2028 and all beyond U+FFFF.
/// </summary>
internal sealed class ReferenceTextEncoder : JavaScriptEncoder
{
    // \u001f
    private const int LongestEscape = 6;

    /// <summary>The shared instance.</summary>
    public static readonly ReferenceTextEncoder Instance = new();

    /// <inheritdoc/>
    public override int MaxOutputCharactersPerInputCharacter => LongestEscape;

    /// <inheritdoc/>
    public override bool WillEncode(int unicodeScalar) => unicodeScalar is < ' ' or '"' or '\\';

    /// <inheritdoc/>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength)
    {
        ReadOnlySpan<char> characters = new(text, textLength);
        for (int at = 0; at < characters.Length; at++)
        {
            // A lone surrogate can't be written as UTF-8; the encoder replaces it.
            if (WillEncode(characters[at]) || (char.IsSurrogate(characters[at]) && !IsPair(characters, ref at)))
            {
                return at;
            }
        }

        return -1;
    }

    /// <inheritdoc/>
    public override unsafe bool TryEncodeUnicodeScalar(
        int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten)
    {
        string escaped = unicodeScalar switch
        {
            '"' or '\\' => $"\\{(char)unicodeScalar}",
            '\b' => @"\b",
            '\t' => @"\t",
            '\n' => @"\n",
            '\f' => @"\f",
            '\r' => @"\r",
            < ' ' => $@"\u{unicodeScalar:x4}",
            _ => new Rune(unicodeScalar).ToString(),
        };
        bool fits = escaped.TryCopyTo(new Span<char>(buffer, bufferLength));
        numberOfCharactersWritten = fits ? escaped.Length : 0;
        return fits;
    }

    // Moves to the second half of a pair.
    private static bool IsPair(ReadOnlySpan<char> characters, ref int at) =>
        at + 1 < characters.Length && char.IsSurrogatePair(characters[at], characters[at + 1]) && ++at > 0;
}
