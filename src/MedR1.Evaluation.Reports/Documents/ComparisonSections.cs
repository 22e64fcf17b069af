namespace MedR1.Evaluation.Reports;

/// <summary>The sections about changes between reports.</summary>
internal static class ComparisonSections
{
    private const string Explanation =
        "Questions in both reports, paired. p is from McNemar's exact binomial test over the questions on which they "
        + "disagree; χ² uses Edwards's correction. The interval of the difference is Agresti and Min's 95 % interval.";

    /// <summary>Several comparisons, one per line.</summary>
    public static DocumentSection Overview(IReadOnlyList<ReportComparison> comparisons)
    {
        IReadOnlyList<double> corrected =
            HolmCorrection.Adjust([.. comparisons.Select(comparison => comparison.Overall.ExactPValue)]);
        return new DocumentSection(2, "Paired comparisons")
        {
            Paragraphs =
            [
                Explanation + " Adjusted: Holm's method over the rows of this table. "
                    + "Data: the first digits of the questions' SHA-256.",
                .. comparisons.Select(comparison => Origin(comparison.Second)).Distinct(),
                .. comparisons.SelectMany(comparison => comparison.Warnings).Distinct(),
            ],
            Tables =
            [
                new DocumentTable(
                [
                    ["from", "to", "data", "questions", .. TestHead, "p, adjusted"],
                    .. comparisons.Select((comparison, index) => (IReadOnlyList<string>)
                    [
                        comparison.First.Name, comparison.Second.Name,
                        comparison.Second.Origin.DataHash?[..Math.Min(12, comparison.Second.Origin.DataHash.Length)] ?? "–",
                        .. Test(comparison.Overall),
                        Numbers.PValue(corrected[index]),
                    ]),
                ]),
            ],
        };
    }

    /// <summary>One comparison in full.</summary>
    public static IEnumerable<DocumentSection> Of(ReportComparison comparison)
    {
        yield return new DocumentSection(2, "Overall")
        {
            Paragraphs =
            [
                .. comparison.Warnings,
                $"From: {comparison.First.Name}; {comparison.First.Origin.Caption(comparison.First.Rule)}.",
                $"To: {comparison.Second.Name}; {comparison.Second.Origin.Caption(comparison.Second.Rule)}.",
                Explanation,
            ],
            Tables = [new DocumentTable([["questions", .. TestHead], Test(comparison.Overall)])],
        };
        yield return new DocumentSection(2, "By group")
        {
            Paragraphs = ["Adjusted: Holm's method over the groups of the same kind."],
            Tables =
            [
                new DocumentTable(
                [
                    ["kind", "group", "questions", .. TestHead, "p, adjusted"],
                    .. comparison.Groups.Select(group => (IReadOnlyList<string>)
                    [
                        group.Grouping, DomainLabels.Short(group.Group), .. Test(group.Test),
                        Numbers.PValue(group.AdjustedPValue),
                    ]),
                ]),
            ],
        };
        yield return Questions("Newly correct", comparison.NewlyCorrect);
        yield return Questions("Newly incorrect", comparison.NewlyIncorrect);
    }

    // The parts of a caption that the lines have in common: rule, seed and model. Data and training are in the lines.
    private static string Origin(EvaluationReport report) =>
        string.Join(" · ", report.Origin.Caption(report.Rule).Split(" · ").Take(3));

    private static IEnumerable<string> TestHead =>
    [
        "first correct, %", "second correct, %", "newly correct", "newly incorrect", "difference, points", "p, exact", "χ²",
        "p of χ²",
    ];

    private static string[] Test(McNemarTest test) =>
    [
        $"{test.Count}",
        Numbers.PerCent((double)(test.BothCorrect + test.OnlyFirstCorrect) / test.Count),
        Numbers.PerCent((double)(test.BothCorrect + test.OnlySecondCorrect) / test.Count),
        $"{test.OnlySecondCorrect}",
        $"{test.OnlyFirstCorrect}",
        $"{Numbers.Points(test.Difference)} ({Numbers.Points(test.DifferenceInterval.Low)} to "
            + $"{Numbers.Points(test.DifferenceInterval.High)})",
        Numbers.PValue(test.ExactPValue),
        FormattableString.Invariant($"{test.CorrectedChiSquare:F2}"),
        Numbers.PValue(test.CorrectedChiSquarePValue),
    ];

    private static DocumentSection Questions(
        string heading, IEnumerable<(EvaluatedAnswer First, EvaluatedAnswer Second)> pairs)
    {
        (EvaluatedAnswer First, EvaluatedAnswer Second)[] all = [.. pairs];
        return new DocumentSection(2, $"{heading}: {all.Length} questions")
        {
            Tables = all.Length == 0 ? [] :
            [
                new DocumentTable(
                [
                    ["question", "right answer", "before", "after"],
                    .. all.Select(pair => (IReadOnlyList<string>)
                    [
                        $"{pair.First.Example.Id}: {pair.First.Example.Problem}",
                        pair.First.Example.AnswerLetter is string letter
                            ? $"{letter}) {pair.First.Example.Answer}"
                            : pair.First.Example.Answer,
                        pair.First.Text, pair.Second.Text,
                    ]),
                ]),
            ],
        };
    }
}
