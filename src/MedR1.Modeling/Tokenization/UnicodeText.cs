namespace MedR1.Modeling;

/// <summary>Brings text into the form that vocabularies are made for.</summary>
internal static class UnicodeText
{
    private const char NonCharacter = '\uFFFE';
    private static readonly bool _composes = "e\u0301".Normalize() == "\u00e9";

    /// <summary>Text in NFC. Half surrogate pairs, which are no text, become U+FFFD as in UTF-8.</summary>
    /// <exception cref="PlatformNotSupportedException">.NET runs without ICU, and so without Unicode's
    /// tables.</exception>
    public static string Compose(string text)
    {
        if (System.Text.Ascii.IsValid(text))
        {
            return text;
        }

        if (!_composes)
        {
            throw new PlatformNotSupportedException(
                "Text can't be normalised to NFC, because .NET runs in invariant-globalization mode. Install ICU " +
                "(Debian: libicu72, Ubuntu 22.04: libicu70) and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT.");
        }

        // U+FFFE, which is no character and composes with nothing, is the only thing that Normalize rejects in a text without
        // lone surrogates.
        return string.Join(
            NonCharacter, ReplaceHalfPairs(text).Split(NonCharacter).Select(part => part.Normalize()));
    }

    /// <summary>Replaces surrogates without their other half by U+FFFD.</summary>
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
