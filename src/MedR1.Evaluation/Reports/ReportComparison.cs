namespace MedR1.Evaluation;

/// <summary>The changes between two reports, question by question and by group, with tests of their significance.</summary>
public sealed class ReportComparison
{
    private ReportComparison(
        EvaluationReport first, EvaluationReport second, (EvaluatedAnswer First, EvaluatedAnswer Second)[] pairs)
    {
        First = first;
        Second = second;
        Shared = pairs;
        Overall = Test(pairs);
        Groups = [.. ReportGrouping.All.SelectMany(grouping => Compare(grouping, pairs))];
    }

    /// <summary>The first report.</summary>
    public EvaluationReport First { get; }

    /// <summary>The second report.</summary>
    public EvaluationReport Second { get; }

    /// <summary>The answers to questions that both reports contain, in the order of the first.</summary>
    public IReadOnlyList<(EvaluatedAnswer First, EvaluatedAnswer Second)> Shared { get; }

    /// <summary>Number of questions only in the first report, which are not compared.</summary>
    public int OnlyInFirst => First.Answers.Count - Shared.Count;

    /// <summary>Number of questions only in the second report, which are not compared.</summary>
    public int OnlyInSecond => Second.Answers.Count - Shared.Count;

    /// <summary>The comparison on all shared questions.</summary>
    public McNemarTest Overall { get; }

    /// <summary>The comparisons by modality, question type, data set and family.</summary>
    public IReadOnlyList<GroupComparison> Groups { get; }

    /// <summary>Pairs that the first report has wrong and the second right.</summary>
    public IEnumerable<(EvaluatedAnswer First, EvaluatedAnswer Second)> NewlyCorrect =>
        Shared.Where(pair => !pair.First.Scored.IsCorrect && pair.Second.Scored.IsCorrect);

    /// <summary>Pairs that the first report has right and the second wrong.</summary>
    public IEnumerable<(EvaluatedAnswer First, EvaluatedAnswer Second)> NewlyIncorrect =>
        Shared.Where(pair => pair.First.Scored.IsCorrect && !pair.Second.Scored.IsCorrect);

    /// <summary>
    /// Differences that make the reports hard to compare: in the rule, the questions, the prompt or the sampling. Empty if only the
    /// model differs.
    /// </summary>
    public IReadOnlyList<string> Warnings =>
    [
        .. Difference("scoring rule", First.Rule, Second.Rule),
        .. Difference("prompt", First.Origin.Prompt, Second.Origin.Prompt),
        .. Difference("sampling", First.Origin.Sampling, Second.Origin.Sampling),
        .. OnlyInFirst > 0 ? [$"{OnlyInFirst} questions are only in the first report and were left out."] : (string[])[],
        .. OnlyInSecond > 0 ? [$"{OnlyInSecond} questions are only in the second report and were left out."] : (string[])[],
    ];

    /// <summary>Compares two reports by the ids of their questions.</summary>
    /// <param name="first">The first report, the baseline of the comparison.</param>
    /// <param name="second">The second report, whose changes are measured.</param>
    /// <exception cref="ArgumentException">
    /// The reports share no question, an id occurs twice in a report, or an id refers to different questions.
    /// </exception>
    public static ReportComparison Compare(EvaluationReport first, EvaluationReport second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Dictionary<string, EvaluatedAnswer> firstById = ById(first, nameof(first));
        Dictionary<string, EvaluatedAnswer> secondById = ById(second, nameof(second));
        (EvaluatedAnswer, EvaluatedAnswer)[] pairs =
        [
            .. first.Answers.Where(answer => secondById.ContainsKey(answer.Example.Id))
                .Select(answer => (answer, secondById[answer.Example.Id])),
        ];
        if (pairs.Length == 0)
        {
            throw new ArgumentException(
                $"'{first.Name}' ({firstById.Count} questions) and '{second.Name}' ({secondById.Count}) have no "
                + "questions in common: are they from different data sets?", nameof(second));
        }

        foreach ((EvaluatedAnswer one, EvaluatedAnswer other) in pairs)
        {
            ThrowIfDifferent(one.Example, other.Example);
        }

        return new ReportComparison(first, second, pairs);
    }

    private static Dictionary<string, EvaluatedAnswer> ById(EvaluationReport report, string parameter)
    {
        Dictionary<string, EvaluatedAnswer> byId = new(report.Answers.Count, StringComparer.Ordinal);
        foreach (EvaluatedAnswer answer in report.Answers)
        {
            if (!byId.TryAdd(answer.Example.Id, answer))
            {
                throw new ArgumentException(
                    $"'{report.Name}' has two questions with the id '{answer.Example.Id}', so answers can't be paired. "
                    + "Give unique ids.", parameter);
            }
        }

        return byId;
    }

    private static void ThrowIfDifferent(VqaExample one, VqaExample other)
    {
        if (one.Question != other.Question || one.AnswerIndex != other.AnswerIndex || one.Answer != other.Answer
            || !one.Options.SequenceEqual(other.Options))
        {
            throw new ArgumentException(
                $"The id '{one.Id}' stands for '{one.Problem}' in one report and for '{other.Problem}' in the other: the "
                + "data set changed, so the reports can't be compared.");
        }
    }

    private static IEnumerable<GroupComparison> Compare(
        ReportGrouping grouping, IEnumerable<(EvaluatedAnswer First, EvaluatedAnswer Second)> pairs)
    {
        (string Group, McNemarTest Test)[] groups =
            [.. grouping.Group(pairs, pair => pair.First.Example).Select(group => (group.Key, Test([.. group])))];
        IReadOnlyList<double> adjusted = HolmCorrection.Adjust([.. groups.Select(group => group.Test.ExactPValue)]);
        return groups.Select(
            (group, index) => new GroupComparison(grouping.Name, group.Group, group.Test, adjusted[index]));
    }

    private static McNemarTest Test(IReadOnlyCollection<(EvaluatedAnswer First, EvaluatedAnswer Second)> pairs)
    {
        return new McNemarTest(Count(true, true), Count(true, false), Count(false, true), Count(false, false));

        int Count(bool first, bool second) => pairs.Count(
            pair => pair.First.Scored.IsCorrect == first && pair.Second.Scored.IsCorrect == second);
    }

    private static IEnumerable<string> Difference(string what, string? first, string? second)
    {
        if (first != second)
        {
            yield return $"The {what} differs: {first ?? "(unknown)"} and {second ?? "(unknown)"}.";
        }
    }
}
