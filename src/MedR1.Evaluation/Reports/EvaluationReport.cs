using System.Globalization;

namespace MedR1.Evaluation;

/// <summary>Scores of one set of answers under one rule, overall and by group.</summary>
public sealed class EvaluationReport
{
    private EvaluationReport(
        string name, string rule, IReadOnlyList<EvaluatedAnswer> answers, ReportOrigin origin)
    {
        Name = name;
        Rule = rule;
        Answers = answers;
        Origin = origin with
        {
            DataHash = origin.DataHash ?? ContentHash.OfExamples(answers.Select(answer => answer.Example)),
        };
        Overall = Summarise("all", answers);
        ByModality = By(ReportGrouping.Modality);
        ByQuestionType = By(ReportGrouping.QuestionType);
        ByDataset = By(ReportGrouping.Dataset);
        ByFamily = By(ReportGrouping.Family);
    }

    /// <summary>The name of what was scored: a model and data set, or a baseline.</summary>
    public string Name { get; }

    /// <summary>The rule that produced the scores.</summary>
    public string Rule { get; }

    /// <summary>The model, data and seed that the scores come from; the hash of the questions is always set.</summary>
    public ReportOrigin Origin { get; }

    /// <summary>The accuracy on all questions.</summary>
    public GroupAccuracy Overall { get; }

    /// <summary>The accuracy by modality.</summary>
    public IReadOnlyList<GroupAccuracy> ByModality { get; }

    /// <summary>The accuracy by question type.</summary>
    public IReadOnlyList<GroupAccuracy> ByQuestionType { get; }

    /// <summary>The accuracy by the examples' data set, leaving out examples without one.</summary>
    public IReadOnlyList<GroupAccuracy> ByDataset { get; }

    /// <summary>The accuracy by the family in the examples' metadata, leaving out examples without one.</summary>
    public IReadOnlyList<GroupAccuracy> ByFamily { get; }

    /// <summary>Every answer, in the order of the data set.</summary>
    public IReadOnlyList<EvaluatedAnswer> Answers { get; }

    /// <summary>Number of answers in which the rule found nothing to compare; they count as wrong.</summary>
    public int UnreadableCount => Answers.Count(answer => answer.Scored.Answer is null);

    /// <summary>Number of completions that were truncated by a token limit.</summary>
    public int TruncatedCount => Answers.Count(answer => answer.Completion is { IsTruncated: true });

    /// <summary>Creates a report.</summary>
    /// <param name="name">The name of what was scored.</param>
    /// <param name="rule">The rule's name.</param>
    /// <param name="answers">The answers, at least one.</param>
    /// <param name="origin">Model, data and seed, as far as known.</param>
    /// <exception cref="ArgumentException">There is no answer.</exception>
    public static EvaluationReport Create(
        string name, string rule, IEnumerable<EvaluatedAnswer> answers, ReportOrigin? origin = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(answers);
        EvaluatedAnswer[] all = [.. answers];
        return all.Length > 0
            ? new EvaluationReport(name, rule, all, origin ?? new ReportOrigin())
            : throw new ArgumentException(
                $"'{name}' has no answers to score: the data set, possibly after filtering, is empty.",
                nameof(answers));
    }

    /// <summary>The same answers scored by a different rule.</summary>
    /// <param name="rule">The rule.</param>
    public EvaluationReport Rescore(IScoringRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Create(
            Name, rule.Name,
            Answers.Select(answer => answer with { Scored = rule.Score(answer.Example, answer.Text) }), Origin);
    }

    /// <summary>The accuracy by any grouping.</summary>
    /// <param name="grouping">What questions are grouped by.</param>
    public IReadOnlyList<GroupAccuracy> By(ReportGrouping grouping)
    {
        ArgumentNullException.ThrowIfNull(grouping);
        return
        [
            .. grouping.Group(Answers, answer => answer.Example).Select(group => Summarise(group.Key, [.. group])),
        ];
    }

    /// <summary>Name, rule and the main figures, on one line.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Name} ({Rule}): {Overall.Accuracy}, chance {Overall.Chance * 100:F1} %, unreadable {UnreadableCount}, cut off "
        + $"{TruncatedCount}");

    private static GroupAccuracy Summarise(string group, IReadOnlyCollection<EvaluatedAnswer> answers) => new(
        group,
        new Accuracy(answers.Count(answer => answer.Scored.IsCorrect), answers.Count),
        answers.Average(answer => answer.Example.Options.Count == 0 ? 0.0 : 1.0 / answer.Example.Options.Count));
}
