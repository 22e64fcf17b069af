namespace MedR1.Evaluation;

/// <summary>Always answers with the letter that was right most often in the training questions, the first among ties.</summary>
public sealed class MajorityLetter
{
    /// <summary>The rule's name in reports.</summary>
    public const string RuleName = "majority-letter";

    private MajorityLetter(int index) => Index = index;

    /// <summary>The letter's index, from 0.</summary>
    public int Index { get; }

    /// <summary>Counts the right letters of training questions.</summary>
    /// <param name="train">The training questions, at least one with options.</param>
    /// <exception cref="ArgumentException">There is no question with options.</exception>
    public static MajorityLetter Fit(IEnumerable<VqaExample> train)
    {
        ArgumentNullException.ThrowIfNull(train);
        IGrouping<int, int>[] letters =
            [.. train.Select(example => example.AnswerIndex).OfType<int>().GroupBy(index => index)];
        return letters.Length == 0
            ? throw new ArgumentException("There are no questions with options whose letters could be counted.", nameof(train))
            : new MajorityLetter(
                letters.OrderByDescending(letter => letter.Count()).ThenBy(letter => letter.Key).First().Key);
    }

    /// <summary>Answers test questions; open ones are left out.</summary>
    /// <param name="test">The questions.</param>
    /// <exception cref="ArgumentException">There is no question with options.</exception>
    public EvaluationReport Evaluate(IEnumerable<VqaExample> test) =>
        ChoiceBaseline.Evaluate("majority letter", RuleName, test, _ => Index, $"the letter {OptionLetters.Of(Index)}");
}
