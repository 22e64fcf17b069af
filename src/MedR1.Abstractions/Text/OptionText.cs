namespace MedR1;

/// <summary>Finds the option that a free-form answer refers to, as lenient scoring rules do.</summary>
public static class OptionText
{
    /// <summary>
    /// The option that an answer names by its letter (<c>C</c>, <c>c.</c>, <c>(C)</c>), by letter and text (<c>C. Edema</c>, <c>C)
    /// Edema</c>) or by its text, regardless of case, trailing dots and white space. A letter with the text of a different option
    /// names nothing. If an option's text is itself a letter, that letter still refers to the option labelled with it.
    /// </summary>
    /// <param name="answer">The answer.</param>
    /// <param name="options">The options in the order of their letters.</param>
    /// <returns>The option's index, the first of several with equal text, or <see langword="null"/>.</returns>
    public static int? IndexOf(string answer, IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(options);
        string loose = Loosen(answer);
        (int? letter, string rest) = SplitLetter(loose, options.Count);
        if (letter is int named && (rest.Length == 0 || rest == Loosen(options[named])))
        {
            return named;
        }

        for (int i = 0; i < options.Count; i++)
        {
            if (Loosen(options[i]) == loose)
            {
                return i;
            }
        }

        return null;
    }

    /// <summary>Whether two texts are equal apart from case, trailing dots and white space.</summary>
    /// <param name="first">A text.</param>
    /// <param name="second">A second text.</param>
    public static bool AreAlike(string first, string second) => Loosen(first) == Loosen(second);

    private static string Loosen(string text) =>
        string.Join(' ', PythonText.Split(PythonText.CaseFold(text))).TrimEnd('.', ' ');

    private static (int? Letter, string Remainder) SplitLetter(string loose, int options)
    {
        string text = loose.StartsWith('(') ? loose[1..] : loose;
        if (text.Length == 0 || text[0] - 'a' is not (>= 0 and < OptionLetters.Count) || text[0] - 'a' >= options)
        {
            return (null, "");
        }

        string rest = text[1..].TrimStart(' ');
        bool isAlone = rest.Length == 0;
        bool isMarked = rest is ['.' or ')' or ':' or ',', ..];
        return isAlone || isMarked ? (text[0] - 'a', isMarked ? Loosen(rest[1..]) : "") : (null, "");
    }
}
