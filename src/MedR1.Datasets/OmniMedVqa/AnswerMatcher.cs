namespace MedR1.Datasets;

/// <summary>Finds the option that an answer text refers to.</summary>
internal static class AnswerMatcher
{
    /// <summary>The first option with equal text, else the first that is equal apart from case and trailing dots.</summary>
    public static int? Find(IReadOnlyList<string> options, string answer)
    {
        for (int i = 0; i < options.Count; i++)
        {
            if (options[i] == answer)
            {
                return i;
            }
        }

        string loose = Loosen(answer);
        for (int i = 0; i < options.Count; i++)
        {
            if (string.Equals(Loosen(options[i]), loose, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return null;
    }

    private static string Loosen(string text) => text.Trim().TrimEnd('.').TrimEnd();
}
