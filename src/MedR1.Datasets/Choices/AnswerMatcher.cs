namespace MedR1.Datasets;

/// <summary>
/// Finds the option that the right answer in a data set's files refers to. Unlike <see cref="OptionText.IndexOf"/>, which reads
/// what a model wrote, it takes the answer for an option's text alone: a file that labels options says so in a field of its own.
/// </summary>
internal static class AnswerMatcher
{
    /// <summary>
    /// The first option with equal text, else the first that is equal apart from case, trailing dots and white space: files have
    /// options that differ only in these.
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
