namespace MedR1.Evaluation;

/// <summary>Scores a baseline that chooses options by index.</summary>
internal static class ChoiceBaseline
{
    public static EvaluationReport Evaluate(
        string name, string rule, IEnumerable<VqaExample> test, Func<VqaExample, int> choose, string training)
    {
        ArgumentNullException.ThrowIfNull(test);
        return EvaluationReport.Create(
            name, rule, test.Where(example => example.AnswerIndex is not null).Select(example =>
        {
            int chosen = choose(example);
            string letter = OptionLetters.Of(chosen);
            return new EvaluatedAnswer(example, letter, new ScoredAnswer(letter, chosen == example.AnswerIndex));
        }), new ReportOrigin { Dataset = (test as IVqaDataset)?.Name, Training = training });
    }
}
