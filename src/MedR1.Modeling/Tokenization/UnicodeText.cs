using System.Text;

namespace MedR1.Modeling;

/// <summary>Normalizes text to the form that vocabularies are trained on.</summary>
internal static class UnicodeText
{
    // The only character that string.Normalize rejects in text without lone surrogates; it composes with nothing.
    private const char NonCharacter = '\uFFFE';
    private static readonly bool _composes = "e\u0301".Normalize() == "\u00e9";

    /// <summary>
    /// Normalizes text to NFC by the reference's tables (<see cref="LaterNormalization"/>). Lone surrogates become U+FFFD, as in
    /// UTF-8 encoding.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">.NET runs without ICU and its Unicode tables.</exception>
    public static string Compose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        if (!_composes)
        {
            throw new PlatformNotSupportedException(
                "Text can't be normalized to NFC, because .NET runs in invariant-globalization mode. Install ICU " +
                "(Debian: libicu72, Ubuntu 22.04: libicu70) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }

        string whole = ReplaceHalfPairs(text);
        StringBuilder composed = new(whole.Length);
        int done = 0;
        for (int i = 0; i < whole.Length;)
        {
            Rune character = Rune.GetRuneAt(whole, i);
            int next = i + character.Utf16SequenceLength;
            if (character.Value == NonCharacter || LaterNormalization.StandsAlone(character.Value))
            {
                composed.Append(whole[done..i].Normalize()).Append(whole, i, next - i);
                done = next;
            }

            i = next;
        }

        return composed.Append(whole[done..].Normalize()).ToString();
    }

    /// <summary>Replaces lone surrogates by U+FFFD.</summary>
    public static string ReplaceHalfPairs(string text)
    {
        char[]? repaired = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
                continue;
            }

            repaired ??= text.ToCharArray();
            repaired[i] = '\uFFFD';
        }

        return repaired is null ? text : new string(repaired);
    }
}
