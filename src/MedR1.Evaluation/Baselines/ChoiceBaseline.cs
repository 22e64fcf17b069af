namespace MedR1.Evaluation;

/// <summary>Scores a baseline that chooses options by index.</summary>
internal static class ChoiceBaseline
{
    /// <param name="name">The report's name.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="test">The questions; open ones are left out.</param>
    /// <param name="choose">The index of the chosen option; null to leave the question out.</param>
    /// <param name="training">What the baseline was fitted to.</param>
    public static EvaluationReport Evaluate(
        string name, string rule, IEnumerable<VqaExample> test, Func<VqaExample, int?> choose, string training)
    {
        ArgumentNullException.ThrowIfNull(test);
        return EvaluationReport.Create(
            name, rule, Answers(test, choose), new ReportOrigin { Dataset = (test as IVqaDataset)?.Name, Training = training });
    }

    private static IEnumerable<EvaluatedAnswer> Answers(IEnumerable<VqaExample> test, Func<VqaExample, int?> choose)
    {
        foreach (VqaExample example in test.Where(example => example.AnswerIndex is not null))
        {
            if (choose(example) is int chosen)
            {
                string letter = OptionLetters.Of(chosen);
                yield return new EvaluatedAnswer(example, letter, new ScoredAnswer(letter, chosen == example.AnswerIndex));
            }
        }
    }
}
