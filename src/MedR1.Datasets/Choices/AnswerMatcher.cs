namespace MedR1.Datasets;

/// <summary>
/// Finds the option that the right answer in a data set's files refers to. Unlike <see cref="OptionText.IndexOf"/>, which reads a
/// model's output, it compares the answer only with the options' texts: files that answer with letters have a separate field for
/// them.
/// </summary>
internal static class AnswerMatcher
{
    /// <summary>
    /// The first option with equal text, else the first that is equal apart from case, trailing dots and white space. The exact
    /// match comes first because some files have options that differ only in these.
    /// </summary>
    public static int? Find(IReadOnlyList<string> options, string answer) =>
        First(options, option => option == answer) ?? First(options, option => OptionText.AreAlike(option, answer));

    private static int? First(IReadOnlyList<string> options, Func<string, bool> isMeant)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (isMeant(options[i]))
            {
                return i;
            }
        }

        return null;
    }
}
