namespace MedR1.Evaluation;

/// <summary>Scores of one set of answers under one rule, over all and by group.</summary>
public sealed class EvaluationReport
{
    private const string Unknown = "(unknown)";

    private EvaluationReport(string name, string rule, IReadOnlyList<EvaluatedAnswer> answers)
    {
        Name = name;
        Rule = rule;
        Answers = answers;
        Overall = Summarise("all", answers);
        ByModality = GroupBy(example => example.Modality?.Value ?? Unknown);
        ByQuestionType = GroupBy(example => example.QuestionType?.Value ?? Unknown);
        ByFamily = GroupBy(example => example.Metadata.GetValueOrDefault("family"));
    }

    /// <summary>What was scored: a model and data set, or a baseline.</summary>
    public string Name { get; }

    /// <summary>The rule that made the scores.</summary>
    public string Rule { get; }

    /// <summary>All questions.</summary>
    public GroupAccuracy Overall { get; }

    /// <summary>By modality.</summary>
    public IReadOnlyList<GroupAccuracy> ByModality { get; }

    /// <summary>By question type.</summary>
    public IReadOnlyList<GroupAccuracy> ByQuestionType { get; }

    /// <summary>By the family in the examples' metadata; without those that have none.</summary>
    public IReadOnlyList<GroupAccuracy> ByFamily { get; }

    /// <summary>Every answer, in the order of the data set.</summary>
    public IReadOnlyList<EvaluatedAnswer> Answers { get; }

    /// <summary>Answers in which the rule found nothing to compare; they count as wrong.</summary>
    public int UnreadableCount => Answers.Count(answer => answer.Scored.Answer is null);

    /// <summary>Completions that were cut off by the limit of tokens.</summary>
    public int TruncatedCount => Answers.Count(answer => answer.Completion is { IsTruncated: true });

    /// <summary>Makes a report.</summary>
    /// <param name="name">What was scored.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="answers">The answers, at least one.</param>
    /// <exception cref="ArgumentException">There is no answer.</exception>
    public static EvaluationReport Create(string name, string rule, IEnumerable<EvaluatedAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(answers);
        EvaluatedAnswer[] all = [.. answers];
        return all.Length > 0
            ? new EvaluationReport(name, rule, all)
            : throw new ArgumentException(
                $"'{name}' has no answer to score: the data set, or what a filter left of it, is empty.",
                nameof(answers));
    }

    /// <summary>The same answers under another rule.</summary>
    /// <param name="rule">The rule.</param>
    public EvaluationReport ScoreAgain(IScoringRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Create(
            Name, rule.Name,
            Answers.Select(answer => answer with { Scored = rule.Score(answer.Example, answer.Text) }));
    }

    private static GroupAccuracy Summarise(string group, IReadOnlyCollection<EvaluatedAnswer> answers) => new(
        group,
        new Accuracy(answers.Count(answer => answer.Scored.IsCorrect), answers.Count),
        answers.Average(answer => answer.Example.Options.Count == 0 ? 0.0 : 1.0 / answer.Example.Options.Count));

    private GroupAccuracy[] GroupBy(Func<VqaExample, string?> key) =>
    [
        .. Answers.GroupBy(answer => key(answer.Example))
            .Where(group => group.Key is not null)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Summarise(group.Key!, [.. group])),
    ];
}
