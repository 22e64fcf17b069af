namespace MedR1.Evaluation;

/// <summary>A report as stored in its file; the summary is for human readers and is recomputed when the file is read.</summary>
internal sealed record ReportDocument
{
    private const string CurrentFormat = "medr1-evaluation-report/1";

    public required string Format { get; init; }

    public required string Name { get; init; }

    public required string Rule { get; init; }

    public required ReportOrigin Origin { get; init; }

    /// <summary>The hash of the questions in this document; the origin's hash may differ if the caller supplied it.</summary>
    public string? AnswersHash { get; init; }

    public ReportSummary? Summary { get; init; }

    public required IReadOnlyList<AnswerDocument> Answers { get; init; }

    public static ReportDocument Of(EvaluationReport report) => new()
    {
        Format = CurrentFormat,
        Name = report.Name,
        Rule = report.Rule,
        Origin = report.Origin,
        AnswersHash = ContentHash.OfExamples(report.Answers.Select(answer => answer.Example)),
        Summary = new ReportSummary(
            report.Overall.Accuracy.Count, report.Overall.Accuracy.Correct, report.Overall.Accuracy.Value,
            report.Overall.Accuracy.Low, report.Overall.Accuracy.High, report.Overall.Chance, report.UnreadableCount,
            report.TruncatedCount),
        Answers = [.. report.Answers.Select(AnswerDocument.Of)],
    };

    public EvaluationReport ToReport(string path)
    {
        if (Format != CurrentFormat)
        {
            throw new InvalidDataException($"'{path}' has format '{Format}'; this version reads '{CurrentFormat}'.");
        }

        if (Answers.Count == 0 || Answers.Any(answer => answer is null))
        {
            throw new InvalidDataException($"'{path}' contains no answers, or a null answer; it is damaged.");
        }

        if (Answers.FirstOrDefault(answer => !answer.IsWhole) is AnswerDocument damaged)
        {
            throw new InvalidDataException(
                $"'{path}' contains null in the options or metadata of '{damaged.Id}', or the index of an option that does not exist; "
                + "it is damaged.");
        }

        EvaluatedAnswer[] answers = [.. Answers.Select(answer => answer.ToAnswer())];
        string hash = ContentHash.OfExamples(answers.Select(answer => answer.Example));
        string? expected = AnswersHash ?? Origin.DataHash;
        return expected is null || expected == hash
            ? EvaluationReport.Create(Name, Rule, answers, Origin)
            : throw new InvalidDataException(
                $"'{path}' declares the question hash {expected}, but its questions have the hash {hash}: it was changed or "
                + "damaged. Create the report again.");
    }
}
