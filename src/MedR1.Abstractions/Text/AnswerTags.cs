using System.Text;

namespace MedR1;

/// <summary>
/// Finds the text between answer tags by the rules of the published code. The rules differ in their treatment of line breaks, white
/// space and case, and so disagree about some texts; each is reproduced exactly, in time linear in the text.
/// </summary>
public static class AnswerTags
{
    private const string Open = "<answer>";
    private const string Close = "</answer>";

    /// <summary>
    /// Med-R1's rule in training: the text of the first <c>&lt;answer&gt;(.*?)&lt;/answer&gt;</c> on one line, including white
    /// space; <see langword="null"/> if there is none.
    /// </summary>
    /// <param name="text">The text to search.</param>
    public static string? FirstOnOneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int start = 0; (start = text.IndexOf(Open, start, StringComparison.Ordinal)) >= 0;)
        {
            int inside = start + Open.Length;
            int lineEnd = text.IndexOf('\n', inside);
            int end = text.IndexOf(
                Close, inside, (lineEnd < 0 ? text.Length : lineEnd) - inside, StringComparison.Ordinal);
            if (end >= 0)
            {
                return text[inside..end];
            }

            if (lineEnd < 0)
            {
                return null;
            }

            // No tag opened on this line is closed on it.
            start = lineEnd + 1;
        }

        return null;
    }

    /// <summary>
    /// The text that the training rule compares: the stripped text in the tags, or the whole stripped text if there are none.
    /// </summary>
    /// <param name="text">The text to search.</param>
    public static string StrippedOrWhole(string text) => PythonText.Strip(FirstOnOneLine(text) ?? text);

    /// <summary>
    /// Med-R1's rule in evaluation: the word in the first <c>&lt;answer&gt;\s*(\w+)\s*&lt;/answer&gt;</c>, which may be on a
    /// separate line; <see langword="null"/> if there is none.
    /// </summary>
    /// <param name="text">The text to search.</param>
    public static string? FirstWord(string text) => FirstAlone(text, WordEnd);

    /// <summary>
    /// MedVLM-R1's rule in evaluation: the letter in the first <c>&lt;answer&gt;\s*([A-Z])\s*&lt;/answer&gt;</c>;
    /// <see langword="null"/> if there is none.
    /// </summary>
    /// <param name="text">The text to search.</param>
    public static string? FirstCapitalLetter(string text) =>
        FirstAlone(text, (all, from) => from < all.Length && char.IsAsciiLetterUpper(all[from]) ? from + 1 : from);

    /// <summary>
    /// MedVLM-R1's rule in training: the text of the first pair of tags, over any number of lines, with the tags in upper or lower
    /// case; <see langword="null"/> if there is none.
    /// </summary>
    /// <param name="text">The text to search.</param>
    public static string? FirstIgnoreCase(string text) => RangeIgnoreCase(text) is Range place ? text[place] : null;

    /// <summary>The range of the text that <see cref="FirstIgnoreCase"/> returns; <see langword="null"/> if there is none.</summary>
    /// <param name="text">The text to search.</param>
    public static Range? RangeIgnoreCase(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int start = IndexOfInAnyCase(text, Open, 0);
        if (start < 0)
        {
            return null;
        }

        int inside = start + Open.Length;
        int end = IndexOfInAnyCase(text, Close, inside);
        return end < 0 ? null : inside..end;
    }

    private static string? FirstAlone(string text, Func<string, int, int> findEnd)
    {
        ArgumentNullException.ThrowIfNull(text);
        for (int start = 0; (start = text.IndexOf(Open, start, StringComparison.Ordinal)) >= 0; start++)
        {
            int word = SkipWhiteSpace(text, start + Open.Length);
            int end = findEnd(text, word);
            if (end > word && text.AsSpan(SkipWhiteSpace(text, end)).StartsWith(Close))
            {
                return text[word..end];
            }
        }

        return null;
    }

    private static int WordEnd(string text, int from)
    {
        while (from < text.Length && Rune.TryGetRuneAt(text, from, out Rune character)
            && PythonText.IsWordCharacter(character))
        {
            from += character.Utf16SequenceLength;
        }

        return from;
    }

    private static int SkipWhiteSpace(string text, int from)
    {
        while (from < text.Length && PythonText.IsWhiteSpace(text[from]))
        {
            from++;
        }

        return from;
    }

    private static int IndexOfInAnyCase(string text, string tag, int from)
    {
        for (int start = from; start + tag.Length <= text.Length; start++)
        {
            int matched = 0;
            while (matched < tag.Length && IsSameInAnyCase(tag[matched], text[start + matched]))
            {
                matched++;
            }

            if (matched == tag.Length)
            {
                return start;
            }
        }

        return -1;
    }

    // Python's IGNORECASE matches the long s with an s; the tag's other letters have no such variant.
    private static bool IsSameInAnyCase(char lowerOfTag, char other) =>
        other == lowerOfTag
        || (char.IsAsciiLetterUpper(other) && (char)(other | 0x20) == lowerOfTag)
        || (lowerOfTag == 's' && other == '\u017F');
}
