namespace MedR1.Datasets;

/// <summary>A question, its options and its answer, derived from a row's texts.</summary>
internal sealed record ChoiceText(
    string Question, IReadOnlyList<string> Options, int? AnswerIndex, string? AnswerText)
{
    /// <summary>
    /// Without a column of options, a question in Med-R1's one-line form is split if the answer is one of its letters. With such a
    /// column, it is split only if it repeats exactly the column's options, which would otherwise appear twice in the prompt.
    /// </summary>
    public static ChoiceText Read(string question, string[]? options, bool hasOptionsColumn, string? answer)
    {
        string? stripped = answer is null ? null : AnswerTags.StrippedOrWhole(answer);
        MedR1Problem problem = MedR1Problem.Parse(question);
        bool isInText = hasOptionsColumn
            ? options is { Length: > 0 } && problem.Options.SequenceEqual(options)
            : stripped is not null && OptionLetters.IndexOf(stripped) < problem.Options.Count;
        if (isInText)
        {
            return Choose(problem.Question, problem.Options, stripped);
        }

        return options is { Length: > 0 }
            ? Choose(question, options, stripped)
            : new ChoiceText(question, [], null, stripped);
    }

    private static ChoiceText Choose(string question, IReadOnlyList<string> options, string? answer)
    {
        int? index = answer is null ? null : OptionLetters.IndexOf(answer);
        if (index is null || index >= options.Count)
        {
            index = answer is null ? null : AnswerMatcher.Find(options, answer);
        }

        return new ChoiceText(question, options, index, index is int found ? options[found] : answer);
    }
}
