namespace MedR1.Evaluation;

/// <summary>
/// OmniMedVQA's question-answering score (arXiv 2402.09181 and its released code): the option with the largest <c>difflib</c> ratio
/// to the whole output, the first among ties, and none if nothing matches at all; right if its text equals the right option's: that
/// of <see cref="VqaExample.AnswerIndex"/>, or <see cref="VqaExample.Answer"/> if it is not known which one is right. Open questions
/// have no options to choose from and are never right.
/// </summary>
public sealed class OmniMedVqaRule : IScoringRule
{
    /// <inheritdoc/>
    public string Name => "omnimedvqa-qa";

    /// <inheritdoc/>
    public ScoredAnswer Score(VqaExample example, string text)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(text);
        return MostSimilar(example.Options, text) is int chosen
            ? new ScoredAnswer(example.Options[chosen], example.Options[chosen] == RightText(example))
            : new ScoredAnswer(null, false);
    }

    /// <summary>
    /// The index of the option most similar to a text, the first among ties; <see langword="null"/> if none is similar at all.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="text">The text.</param>
    public static int? MostSimilar(IReadOnlyList<string> options, string text)
    {
        ArgumentNullException.ThrowIfNull(options);
        int? chosen = null;
        double largest = 0;
        for (int i = 0; i < options.Count; i++)
        {
            double ratio = SequenceMatcher.Ratio(options[i], text);
            if (ratio > largest)
            {
                (chosen, largest) = (i, ratio);
            }
        }

        return chosen;
    }

    // An answer may have spaces around it that its option has not; and of options with the same text each is right.
    private static string RightText(VqaExample example) =>
        example.AnswerIndex is int right ? example.Options[right] : example.Answer;
}
