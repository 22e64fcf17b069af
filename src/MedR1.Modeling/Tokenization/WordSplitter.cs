using System.Globalization;

namespace MedR1.Modeling;

/// <summary>
/// Splits text into the words within which Qwen2's BPE merges, according to the published pattern
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|
/// ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>
/// by code points, because .NET's <c>Regex</c> sees a letter above U+FFFF as two surrogates and takes the wrong branch.
/// Thread-safe.
/// </summary>
internal static class WordSplitter
{
    /// <summary>The pattern as written in vocabulary files.</summary>
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*" +
        @"|\s*[\r\n]+|\s+(?!\S)|\s+";

    private enum Kind
    {
        Other,
        Letter,
        Number,
        WhiteSpace,
    }

    /// <summary>Whether <c>\p{L}</c> matches.</summary>
    /// <param name="codePoint">A code point, 0 to 0x10FFFF.</param>
    public static bool IsLetter(int codePoint) => KindOf(codePoint) == Kind.Letter;

    /// <summary>Whether <c>\p{N}</c> matches.</summary>
    /// <param name="codePoint">A code point, 0 to 0x10FFFF.</param>
    public static bool IsNumber(int codePoint) => KindOf(codePoint) == Kind.Number;

    /// <summary>Whether <c>\s</c> matches.</summary>
    /// <param name="codePoint">A code point, 0 to 0x10FFFF.</param>
    public static bool IsWhiteSpace(int codePoint) => KindOf(codePoint) == Kind.WhiteSpace;

    /// <summary>Whether <c>(?i:letter)</c> matches.</summary>
    /// <param name="codePoint">A code point.</param>
    /// <param name="letter">One of the letters of the contractions: d, e, l, m, r, s, t, v.</param>
    public static bool MatchesIgnoringCase(int codePoint, char letter) =>
        codePoint == letter || codePoint == char.ToUpperInvariant(letter) || (letter == 's' && codePoint == 0x17F);

    /// <summary>Finds the end of the word that starts at an index.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The start of the word in UTF-16 units; less than the length.</param>
    /// <returns>The index after the last unit of the word.</returns>
    public static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        Kind first = KindAt(text, start, out int firstLength);
        int second = start + firstLength;
        if (text[start] == '\'' && ContractionLength(text[second..]) is int contraction and > 0)
        {
            return second + contraction;
        }

        if (first == Kind.Letter)
        {
            return SkipKind(text, second, Kind.Letter);
        }

        if (first == Kind.Number)
        {
            return second;
        }

        if (text[start] is not ('\r' or '\n') && second < text.Length &&
            KindAt(text, second, out int letterLength) == Kind.Letter)
        {
            return SkipKind(text, second + letterLength, Kind.Letter);
        }

        int symbols = text[start] == ' ' ? second : start;
        int afterSymbols = SkipKind(text, symbols, Kind.Other);
        return afterSymbols > symbols ? SkipNewLines(text, afterSymbols) : EndOfWhiteSpace(text, start);
    }

    /// <summary>Splits a text into words, which concatenate to the same text.</summary>
    /// <param name="text">The text.</param>
    public static IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> words = [];
        for (int start = 0; start < text.Length;)
        {
            int end = EndOfWord(text, start);
            words.Add(text[start..end]);
            start = end;
        }

        return words;
    }

    private static int EndOfWhiteSpace(ReadOnlySpan<char> text, int start)
    {
        int end = SkipKind(text, start, Kind.WhiteSpace);
        int lastNewLine = text[start..end].LastIndexOfAny('\r', '\n');
        if (lastNewLine >= 0)
        {
            return start + lastNewLine + 1;
        }

        // The last white-space character before other text belongs to the next word; white space is always one UTF-16 unit.
        return end == text.Length || end == start + 1 ? end : end - 1;
    }

    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        foreach (char letter in "stmd")
        {
            if (MatchesIgnoringCase(text[0], letter))
            {
                return 1;
            }
        }

        bool two = text.Length > 1 && ((MatchesIgnoringCase(text[1], 'e') &&
            (MatchesIgnoringCase(text[0], 'r') || MatchesIgnoringCase(text[0], 'v'))) ||
            (MatchesIgnoringCase(text[0], 'l') && MatchesIgnoringCase(text[1], 'l')));
        return two ? 2 : 0;
    }

    private static int SkipKind(ReadOnlySpan<char> text, int start, Kind kind)
    {
        while (start < text.Length && KindAt(text, start, out int length) == kind)
        {
            start += length;
        }

        return start;
    }

    private static int SkipNewLines(ReadOnlySpan<char> text, int start)
    {
        while (start < text.Length && text[start] is '\r' or '\n')
        {
            start++;
        }

        return start;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int index, out int length)
    {
        char unit = text[index];
        if (char.IsHighSurrogate(unit) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return KindOf(char.ConvertToUtf32(unit, text[index + 1]));
        }

        length = 1;
        return KindOf(unit);
    }

    private static Kind KindOf(int codePoint) => codePoint switch
    {
        (>= 9 and <= 13) or 0x85 => Kind.WhiteSpace,
        _ => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            <= UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber =>
                Kind.Number,
            UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator =>
                Kind.WhiteSpace,
            _ => Kind.Other,
        },
    };
}
