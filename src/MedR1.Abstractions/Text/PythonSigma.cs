using System.Globalization;
using System.Text;

namespace MedR1;

/// <summary>
/// The lower case of the Greek capital sigma, which depends on its context: Unicode's condition Final_Sigma (The Unicode Standard,
/// section 3.13), as implemented by Python 3.11.
/// </summary>
internal static class PythonSigma
{
    public const char Capital = '\u03A3';

    /// <summary>ς if a cased letter precedes and none follows, skipping case-ignorable characters; else σ.</summary>
    public static string Lower(string text, int at) =>
        IsCased(LastBefore(text.AsSpan(0, at))) && !IsCased(FirstIn(text.AsSpan(at + 1))) ? "\u03C2" : "\u03C3";

    // A lone surrogate decodes to U+FFFD, which is neither cased nor ignorable, as a lone surrogate is in Python.
    private static Rune? LastBefore(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeLastFromUtf16(text, out Rune character, out int length);
            if (!IsIgnored(character))
            {
                return character;
            }

            text = text[..^length];
        }

        return null;
    }

    private static Rune? FirstIn(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf16(text, out Rune character, out int length);
            if (!IsIgnored(character))
            {
                return character;
            }

            text = text[length..];
        }

        return null;
    }

    // Unicode's Cased, without ignorable characters: letters with case, ordinal indicators, Roman numerals, letters in circles and
    // squares.
    private static bool IsCased(Rune? place) => place is Rune character
        && (character.Value is 0xAA or 0xBA or (>= 0x2160 and <= 0x217F) or (>= 0x24B6 and <= 0x24E9)
                or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189)
            || Rune.GetUnicodeCategory(character) is UnicodeCategory.UppercaseLetter
                or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                && !PythonUnicode.IsAssignedLater(character));

    // Unicode's Case_Ignorable: marks, modifiers and formats, and characters that occur inside words, such as the apostrophe. The
    // Ahom sign U+1171E was such a mark in Unicode 14.
    private static bool IsIgnored(Rune character) =>
        character.Value is '\'' or '.' or ':' or 0xB7 or 0x387 or 0x55F or 0x5F4 or 0x2018 or 0x2019 or 0x2024 or 0x2027
            or 0xFE13 or 0xFE52 or 0xFE55 or 0xFF07 or 0xFF0E or 0xFF1A or 0x1171E
        || Rune.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark
            or UnicodeCategory.Format or UnicodeCategory.ModifierLetter or UnicodeCategory.ModifierSymbol
            && !PythonUnicode.IsAssignedLater(character);
}
