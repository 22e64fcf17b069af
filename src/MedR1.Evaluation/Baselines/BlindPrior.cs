namespace MedR1.Evaluation;

/// <summary>
/// Answers without looking at the image: each option's text is scored by how often it was right when it was offered in the training
/// questions, <c>(right + 0.25) / (offered + 1)</c>, and the option with the highest score is chosen, the first among ties. On the
/// published Med-R1 splits available to us this reaches 94.6 to 100.0 % within a domain, so a score there means little without this
/// baseline.
/// </summary>
/// <remarks>
/// By default, texts are compared regardless of case and trailing dots. With exact comparison, the prior is up to 2.5 points better
/// on the published splits, where the spelling of an option gives away whether it is right.
/// </remarks>
public sealed class BlindPrior
{
    /// <summary>The rule's name in reports.</summary>
    public const string RuleName = "blind-option-prior";

    private readonly Dictionary<string, (int Right, int Offered)> _counts = new(StringComparer.Ordinal);

    private readonly bool _exactText;

    private BlindPrior(bool exactText) => _exactText = exactText;

    /// <summary>Number of training questions with options.</summary>
    public int TrainCount { get; private set; }

    /// <summary>Counts the options of training questions.</summary>
    /// <param name="train">The training questions; open ones are skipped.</param>
    /// <param name="exactText">Whether options that differ only in case or trailing dots are different.</param>
    public static BlindPrior Fit(IEnumerable<VqaExample> train, bool exactText = false)
    {
        ArgumentNullException.ThrowIfNull(train);
        BlindPrior prior = new(exactText);
        foreach (VqaExample example in train)
        {
            prior.TrainCount += example.Options.Count > 0 ? 1 : 0;
            for (int i = 0; i < example.Options.Count; i++)
            {
                string key = prior.KeyOf(example.Options[i]);
                (int right, int offered) = prior._counts.GetValueOrDefault(key);
                prior._counts[key] = (right + (i == example.AnswerIndex ? 1 : 0), offered + 1);
            }
        }

        return prior;
    }

    /// <summary>The score of an option, based on its text alone; 0.25 for a text that never occurred in training.</summary>
    /// <param name="option">The option's text.</param>
    public double ScoreOf(string option)
    {
        ArgumentNullException.ThrowIfNull(option);
        (int right, int offered) = _counts.GetValueOrDefault(KeyOf(option));
        return (right + 0.25) / (offered + 1);
    }

    /// <summary>The index of the chosen option.</summary>
    /// <param name="options">The options, at least one.</param>
    /// <exception cref="ArgumentException">There is no option.</exception>
    public int Choose(IReadOnlyList<string> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Count == 0)
        {
            throw new ArgumentException("An open question has no options to choose from.", nameof(options));
        }

        int best = 0;
        for (int i = 1; i < options.Count; i++)
        {
            best = ScoreOf(options[i]) > ScoreOf(options[best]) ? i : best;
        }

        return best;
    }

    /// <summary>
    /// Answers test questions; those without options are left out: open ones, and those whose options are only in the question's text.
    /// </summary>
    /// <param name="test">The questions.</param>
    /// <exception cref="ArgumentException">There is no question with options.</exception>
    public EvaluationReport Evaluate(IEnumerable<VqaExample> test) =>
        ChoiceBaseline.Evaluate(
            _exactText ? "blind option prior, exact text" : "blind option prior",
            RuleName,
            test,
            example => example.Options.Count > 0 ? Choose(example.Options) : null,
            $"counted on {TrainCount} training questions");

    // Differs from OptionText's comparison: white space inside a text, or before its trailing dots, makes a different text. The
    // scores quoted above were computed with this form.
    private string KeyOf(string option) =>
        _exactText ? option : PythonText.Strip(PythonText.ToLower(option)).TrimEnd('.');
}
