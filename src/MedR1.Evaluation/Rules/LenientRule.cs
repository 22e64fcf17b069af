namespace MedR1.Evaluation;

/// <summary>
/// A lenient rule of this library: the text in answer tags, else the whole output, names an option by letter, letter with text, or
/// text, regardless of case; failing that, the most similar option is chosen. Options with the same text as the right one, regardless of
/// case, are also right. An open question requires the answer's text, regardless of case; if its options are only in the question's
/// text, the right letter is right too.
/// </summary>
public sealed class LenientRule : IScoringRule
{
    /// <inheritdoc/>
    public string Name => "lenient";

    /// <inheritdoc/>
    public ScoredAnswer Score(VqaExample example, string text)
    {
        ArgumentNullException.ThrowIfNull(example);
        ArgumentNullException.ThrowIfNull(text);
        string answer = AnswerTags.FirstIgnoreCase(text) ?? text;
        if (example.Options.Count == 0)
        {
            return new ScoredAnswer(answer, LenientAnswer.IsRight(answer, example));
        }

        int? named = OptionText.IndexOf(answer, example.Options) ?? OmniMedVqaRule.MostSimilar(example.Options, answer);
        return named is int index
            ? new ScoredAnswer(
                example.Options[index],
                index == example.AnswerIndex || OptionText.AreAlike(example.Options[index], example.Answer))
            : new ScoredAnswer(null, false);
    }
}
