namespace MedR1.Evaluation;

/// <summary>One question and several answers sampled for it.</summary>
/// <param name="Example">The question.</param>
/// <param name="Answers">The answers in the order in which they were sampled, at least one.</param>
public sealed record SampledAnswers(VqaExample Example, IReadOnlyList<EvaluatedAnswer> Answers)
{
    /// <summary>Number of right answers among them.</summary>
    public int CorrectCount => Answers.Count(answer => answer.Scored.IsCorrect);

    /// <summary>
    /// The most common answer among the first <paramref name="count"/>; among ties, the one that occurs first. Answers in which the
    /// rule found nothing have no vote; if there are no others, the first answer is returned.
    /// </summary>
    /// <param name="count">The number of answers that vote.</param>
    public EvaluatedAnswer Majority(int count)
    {
        ThrowIfNotThere(count);

        // Grouping keeps the order of first occurrence, and the sort is stable.
        return Answers.Take(count).Where(answer => answer.Scored.Answer is not null)
            .GroupBy(answer => answer.Scored.Answer, StringComparer.Ordinal)
            .OrderByDescending(votes => votes.Count())
            .FirstOrDefault()?.First() ?? Answers[0];
    }

    /// <summary>
    /// The best of the first <paramref name="count"/> answers by the caller's score, such as a reward that doesn't use the right
    /// answer; the first among ties.
    /// </summary>
    /// <param name="count">The number of answers to choose from.</param>
    /// <param name="score">Scores an answer; higher is better.</param>
    public EvaluatedAnswer Best(int count, Func<EvaluatedAnswer, double> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        ThrowIfNotThere(count);
        return Answers.Take(count).MaxBy(score)!;
    }

    /// <summary>
    /// Whether any of the first <paramref name="count"/> answers is right: an upper bound for every way of choosing, not an
    /// accuracy.
    /// </summary>
    /// <param name="count">The number of answers to consider.</param>
    public bool AnyCorrect(int count)
    {
        ThrowIfNotThere(count);
        return Answers.Take(count).Any(answer => answer.Scored.IsCorrect);
    }

    private void ThrowIfNotThere(int count)
    {
        if (count < 1 || count > Answers.Count)
        {
            throw new ArgumentOutOfRangeException(
                nameof(count), count,
                $"'{Example.Id}' has {Answers.Count} answers, so 1 to {Answers.Count} can be taken, not {count}.");
        }
    }
}
