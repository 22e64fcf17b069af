using System.Globalization;
using System.Text;

namespace MedR1;

/// <summary>
/// Text operations as in Python 3.11, for rewards and scores that must equal those computed in Python. Python's white space, word
/// characters and case mappings differ from .NET's: <c>str.strip</c> and <c>\s</c> match U+001C to U+001F; <c>\w</c> matches ² and
/// ½ but no combining marks; the upper case of a text can be longer than the text.
/// </summary>
public static class PythonText
{
    /// <summary>Whether <c>str.strip</c> and <c>\s</c> match a character.</summary>
    /// <param name="character">The character; no white space is above U+FFFF.</param>
    public static bool IsWhiteSpace(char character) => character switch
    {
        >= '\t' and <= '\r' or >= '\x1C' and <= ' ' => true,
        < '\x80' => false,
        '\x85' or '\xA0' or '\u1680' or >= '\u2000' and <= '\u200A' => true,
        '\u2028' or '\u2029' or '\u202F' or '\u205F' or '\u3000' => true,
        _ => false,
    };

    /// <summary>Whether <c>\w</c> matches a character: letters, everything numeric, and the underscore.</summary>
    /// <param name="character">The character.</param>
    public static bool IsWordCharacter(Rune character) => character.Value == '_' || IsAlphanumeric(character);

    /// <summary>Whether <c>str.isalnum</c> is true for a character.</summary>
    /// <param name="character">The character.</param>
    public static bool IsAlphanumeric(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
        or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.DecimalDigitNumber
        or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber && !PythonUnicode.IsAssignedLater(character);

    /// <summary>Whether <c>\d</c> matches a character.</summary>
    /// <param name="character">The character.</param>
    public static bool IsDecimalDigit(Rune character) =>
        Rune.GetUnicodeCategory(character) == UnicodeCategory.DecimalDigitNumber
            && !PythonUnicode.IsAssignedLater(character);

    /// <summary>Whether <c>str.splitlines</c> breaks at a character.</summary>
    /// <param name="character">The character.</param>
    public static bool IsLineBreak(char character) => character is
        >= '\n' and <= '\r' or >= '\x1C' and <= '\x1E' or '\x85' or '\u2028' or '\u2029';

    /// <summary><c>str.strip()</c>: removes white space from both ends.</summary>
    /// <param name="text">The text.</param>
    public static string Strip(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ReadOnlySpan<char> stripped = Strip(text.AsSpan());
        return stripped.Length == text.Length ? text : stripped.ToString();
    }

    /// <summary><c>str.strip()</c> without a copy.</summary>
    /// <param name="text">The text.</param>
    public static ReadOnlySpan<char> Strip(ReadOnlySpan<char> text)
    {
        int start = 0;
        while (start < text.Length && IsWhiteSpace(text[start]))
        {
            start++;
        }

        int end = text.Length;
        while (end > start && IsWhiteSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary><c>str.split()</c>: the words separated by white space.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || IsWhiteSpace(text[i]))
            {
                if (i > start)
                {
                    words.Add(text[start..i]);
                }

                start = i + 1;
            }
        }

        return words;
    }

    /// <summary>
    /// <c>str.splitlines()</c>: the lines without their line breaks; a carriage return followed by a line feed is one break.
    /// </summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> SplitLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> lines = [];
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (IsLineBreak(text[i]))
            {
                lines.Add(text[start..i]);
                i += text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? 1 : 0;
                start = i + 1;
            }
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    /// <summary><c>str.upper()</c>, with the full mapping: ß becomes SS, ﬁ becomes FI.</summary>
    /// <param name="text">The text.</param>
    public static string ToUpper(string text) => Map(text, PythonCase.Upper);

    /// <summary><c>str.casefold()</c>: the form in which texts that differ only in case are equal.</summary>
    /// <param name="text">The text.</param>
    public static string CaseFold(string text) => Map(text, PythonCase.Fold);

    /// <summary>
    /// <c>str.lower()</c>: the Greek capital sigma becomes ς at the end of a word and σ elsewhere. To compare texts, use
    /// <see cref="CaseFold"/>, in which the two are equal.
    /// </summary>
    /// <param name="text">The text.</param>
    public static string ToLower(string text) => Map(
        text,
        static (text, at, character) => character.Value == PythonSigma.Capital
            ? PythonSigma.Lower(text, at)
            : PythonCase.Lower(character));

    private static string Map(string text, Func<Rune, string> mapping) =>
        Map(text, (_, _, character) => mapping(character));

    private static string Map(string text, Func<string, int, Rune, string> mapping)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder mapped = new(text.Length);
        for (int i = 0; i < text.Length;)
        {
            // A surrogate without its other half is not a character; it is kept unchanged.
            if (Rune.TryGetRuneAt(text, i, out Rune character))
            {
                mapped.Append(mapping(text, i, character));
                i += character.Utf16SequenceLength;
            }
            else
            {
                mapped.Append(text[i++]);
            }
        }

        return mapped.ToString();
    }
}
