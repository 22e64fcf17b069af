namespace MedR1.Evaluation;

/// <summary>
/// OmniMedVQA's question-answering score (arXiv 2402.09181 and its released code): the option with the largest <c>difflib</c> ratio
/// to the whole output, the first among ties, or none if no option has a ratio above 0. The answer is right if the option's text
/// equals <see cref="VqaExample.Answer"/>. Open questions have no options to choose from and are never right.
/// </summary>
/// <remarks>
/// As in the released code, texts are compared character by character: if the answer differs from its option's text, even by a
/// space, no output is right. <see cref="ScoringRules.Lenient"/> also compares the option's index.
/// </remarks>
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
            ? new ScoredAnswer(example.Options[chosen], example.Options[chosen] == example.Answer)
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
}
