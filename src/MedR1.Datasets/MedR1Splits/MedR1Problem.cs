namespace MedR1.Datasets;

/// <summary>
/// A problem as Med-R1 writes it on one line, <c>question A)first, B)second</c>, taken apart. Joining the parts as
/// <see cref="VqaExample.Problem"/> does gives the same text again, character for character.
/// </summary>
/// <param name="Question">The question.</param>
/// <param name="Options">The options in the order of their letters; empty where the text has none.</param>
public sealed record MedR1Problem(string Question, IReadOnlyList<string> Options)
{
    private const int MostOptions = 26;

    /// <summary>
    /// Takes a problem apart. The options start at the first <c>" A)"</c>, with its space, because real questions hold
    /// such things as <c>(IQA)</c>; each further one at the first <c>", B)"</c>, <c>", C)"</c>, … behind the one
    /// before.
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
        while (options.Count + 1 < MostOptions)
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
