namespace MedR1.Evaluation;

/// <summary>One question and several answers that were drawn for it.</summary>
/// <param name="Example">The question.</param>
/// <param name="Answers">The answers in the order in which they were drawn, at least one.</param>
public sealed record SampledAnswers(VqaExample Example, IReadOnlyList<EvaluatedAnswer> Answers)
{
    /// <summary>Right ones among them.</summary>
    public int CorrectCount => Answers.Count(answer => answer.Scored.IsCorrect);

    /// <summary>
    /// The answer that most of the first so many give; among equally many, the one that was given first. Answers in which
    /// the rule read nothing have no vote; if all are such, the first stands.
    /// </summary>
    /// <param name="count">How many of the answers vote.</param>
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
    /// The best of the first so many by a score of the caller's, such as a reward that doesn't know the answer; the first
    /// among equals.
    /// </summary>
    /// <param name="count">How many of the answers compete.</param>
    /// <param name="score">Gives an answer its score, higher for better.</param>
    public EvaluatedAnswer Best(int count, Func<EvaluatedAnswer, double> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        ThrowIfNotThere(count);
        return Answers.Take(count).MaxBy(score)!;
    }

    /// <summary>
    /// Whether one of the first so many is right: what somebody who knows the answers would choose, so an upper limit and
    /// no accuracy.
    /// </summary>
    /// <param name="count">How many of the answers count.</param>
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
                $"'{Example.Id}' has {Answers.Count} answers, so 1 to {Answers.Count} of them can be taken, not {count}.");
        }
    }
}
