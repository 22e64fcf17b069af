namespace MedR1.Evaluation;

/// <summary>The scores of several sampled answers to each question.</summary>
public sealed class SampledReport
{
    private SampledReport(string name, string rule, IReadOnlyList<SampledAnswers> questions, ReportOrigin origin)
    {
        Name = name;
        Rule = rule;
        Questions = questions;
        Origin = origin;
        SampleCount = questions.Min(question => question.Answers.Count);
    }

    /// <summary>The name of what was scored.</summary>
    public string Name { get; }

    /// <summary>The rule that produced the scores.</summary>
    public string Rule { get; }

    /// <summary>The model, data and seed that the scores come from.</summary>
    public ReportOrigin Origin { get; }

    /// <summary>The questions with their answers.</summary>
    public IReadOnlyList<SampledAnswers> Questions { get; }

    /// <summary>Number of answers per question; the minimum, if questions differ.</summary>
    public int SampleCount { get; }

    /// <summary>The mean fraction of right answers, 0 to 1: the expected accuracy of a single sampled answer.</summary>
    public double MeanAccuracy =>
        Questions.Average(question => (double)question.CorrectCount / question.Answers.Count);

    /// <summary>Creates a report.</summary>
    /// <param name="name">The name of what was scored.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="questions">The questions with their answers, at least one.</param>
    /// <param name="origin">Model, data and seed, as far as known.</param>
    /// <exception cref="ArgumentException">There is no question, or a question has no answer.</exception>
    public static SampledReport Create(
        string name, string rule, IEnumerable<SampledAnswers> questions, ReportOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(questions);
        SampledAnswers[] all = [.. questions];
        if (all.Length == 0 || all.FirstOrDefault(question => question.Answers.Count == 0) is not null)
        {
            throw new ArgumentException(
                $"'{name}' has {all.Length} questions, and each needs at least one answer.", nameof(questions));
        }

        return new SampledReport(name, rule, all, origin ?? new ReportOrigin());
    }

    /// <summary>The majority answers (self-consistency, arXiv 2203.11171), as an ordinary report.</summary>
    /// <param name="count">The number of answers that vote.</param>
    public EvaluationReport MajorityAt(int count) =>
        Choose($"majority@{count}", question => question.Majority(count));

    /// <summary>The answers with the highest score by the caller's function, as an ordinary report.</summary>
    /// <param name="count">The number of answers to choose from.</param>
    /// <param name="score">Scores an answer; higher is better. It must not use the right answer.</param>
    public EvaluationReport BestAt(int count, Func<EvaluatedAnswer, double> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        return Choose($"best@{count}", question => question.Best(count, score));
    }

    /// <summary>
    /// The fraction of questions for which any of the first <paramref name="count"/> answers is right: an upper bound for every way
    /// of choosing. It grows with the count even for pure guessing; <see cref="ChanceOfAnyAt"/> gives that chance level.
    /// </summary>
    /// <param name="count">The number of answers to consider.</param>
    public Accuracy AnyCorrectAt(int count) =>
        new(Questions.Count(question => question.AnyCorrect(count)), Questions.Count);

    /// <summary>The unbiased mean of pass@k over the questions (arXiv 2107.03374), 0 to 1.</summary>
    /// <param name="k">Number of answers allowed, at most <see cref="SampleCount"/>.</param>
    public double PassAt(int k) => Questions.Average(
        question => PassAtK.Estimate(question.Answers.Count, question.CorrectCount, k));

    /// <summary>
    /// The expected fraction of questions for which at least one of <paramref name="count"/> guesses among the options is right, 0
    /// to 1.
    /// </summary>
    /// <param name="count">The number of guesses.</param>
    public double ChanceOfAnyAt(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Questions.Average(question => question.Example.Options.Count is var options and > 0
            ? 1 - Math.Pow(1 - 1.0 / options, count)
            : 0);
    }

    private EvaluationReport Choose(string how, Func<SampledAnswers, EvaluatedAnswer> choose) =>
        EvaluationReport.Create($"{Name}, {how}", Rule, Questions.Select(choose), Origin);
}
