namespace MedR1.Evaluation.Reports.Tests;

/// <summary>Reports with made-up numbers to draw.</summary>
internal static class SampleReports
{
    private static readonly ReportOrigin s_origin = new()
    {
        Model = "base", ModelHash = "0123456789abcdef", Dataset = "made up", DataHash = "fedcba9876543210", Seed = 3,
        Prompt = "med-r1-think", Sampling = "greedy, at most 256 tokens", Training = "40 steps of 32 × 8",
    };

    public static string[] Modalities { get; } = [.. ImagingModality.Known.Select(modality => modality.Value)];

    public static TransferReport Transfer(string grouping, IReadOnlyList<string> domains) => new()
    {
        Grouping = grouping,
        Domains = domains,
        MissingDomains = [ImagingModality.OCT.Value],
        ZeroShot = Row("zero-shot", domains, 31),
        Others = [Row("larger model", domains, 52)],
        Methods = [Matrix("SFT", domains, 58, 20), Matrix("GRPO", domains, 49, 35)],
        Blind = Matrix("blind option prior", domains, 24, 70),
        Chance = domains.ToDictionary(domain => domain, _ => 0.25),
        Questions = domains.ToDictionary(domain => domain, _ => (400, 100)),
    };

    public static CrossDomainReport Whole() => new()
    {
        Title = "Cross-domain protocol <made up>",
        Notes = ["All numbers are made up & mean nothing."],
        Transfers = [Transfer("modality", Modalities), Transfer("question type", [.. QuestionType.Known.Select(type => type.Value)])],
        Comparisons = [ReportComparison.Compare(Answers("zero-shot", 40), Answers("GRPO", 63))],
        Calibrations = [CalibrationReport.Measure(Answers("zero-shot, letters", 55))],
        Curves =
        [
            new LineChart
            {
                Title = "Reward over steps", XLabel = "optimizer step", YLabel = "mean reward of a completion",
                Series = [new ChartSeries("GRPO on CT", [.. Enumerable.Range(1, 60).Select(i => ((double)i, 0.2 + 0.6 * i / (i + 15.0)))])],
            },
        ],
    };

    public static EvaluationReport Answers(string name, int correct) => EvaluationReport.Create(name, "med-r1",
        Enumerable.Range(0, 100).Select(index =>
        {
            // 37 is coprime to 100: a fixed mixture of right and wrong.
            bool isCorrect = index * 37 % 100 < correct;
            double sure = 0.5 + index % 50 / 100.0;
            return new EvaluatedAnswer(
                new VqaExample
                {
                    Id = $"q{index}", Question = "What is <this>?", Options = ["a|b", "c"], Answer = "a|b", AnswerIndex = 0,
                    Modality = ImagingModality.Known[index % 8],
                },
                isCorrect ? "<answer> A </answer>" : "<answer> B </answer>", new ScoredAnswer(isCorrect ? "A" : "B", isCorrect))
            {
                OptionProbabilities = isCorrect ? [sure, 1 - sure] : [1 - sure, sure],
            };
        }), s_origin);

    private static TransferRow Row(string name, IReadOnlyList<string> domains, int correct) =>
        new(name, "med-r1", domains.Select((domain, index) => (domain, index))
            .ToDictionary(pair => pair.domain, pair => new Accuracy(correct + pair.index, 100))) { Origin = s_origin };

    // The diagonal is higher; the last row's first cell was not run.
    public static TransferMatrix Matrix(string name, IReadOnlyList<string> domains, int correct, int diagonal) => new(
        name, "med-r1", domains, domains.SelectMany((train, row) => domains.Select((test, column) => (row, column, new TransferCell(
            train, test, new Accuracy(Math.Clamp(correct + 3 * row - 4 * column + (row == column ? diagonal : 0), 0, 100), 100)))))
            .Where(cell => !(cell.row == domains.Count - 1 && cell.column == 0)).Select(cell => cell.Item3)) { Origin = s_origin };
}
