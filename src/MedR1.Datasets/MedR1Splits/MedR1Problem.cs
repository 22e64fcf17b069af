namespace MedR1.Datasets;

/// <summary>
/// A problem as Med-R1 writes it on one line, <c>question A)first, B)second</c>, split into its parts. Joining them as
/// <see cref="VqaExample.Problem"/> does restores the text, character for character.
/// </summary>
/// <param name="Question">The question.</param>
/// <param name="Options">The options in the order of their letters; empty if the text has none.</param>
public sealed record MedR1Problem(string Question, IReadOnlyList<string> Options)
{
    /// <summary>
    /// Splits a problem into its parts. The options start at the first <c>" A)"</c>, including the space, because real questions
    /// contain such things as <c>(IQA)</c>; each further option starts at the first <c>", B)"</c>, <c>", C)"</c>, … after the
    /// previous one.
    /// </summary>
    /// <param name="problem">The problem.</param>
    public static MedR1Problem Parse(string problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        int start = problem.IndexOf(" A)", StringComparison.Ordinal);
        if (start < 0)
        {
            return new MedR1Problem(problem, []);
        }

        string question = problem[..start];
        List<string> options = [];
        start += " A)".Length;
        while (options.Count + 1 < OptionLetters.Count)
        {
            string mark = $", {OptionLetters.Of(options.Count + 1)})";
            int end = problem.IndexOf(mark, start, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            options.Add(problem[start..end]);
            start = end + mark.Length;
        }

        options.Add(problem[start..]);
        return new MedR1Problem(question, options);
    }
}
