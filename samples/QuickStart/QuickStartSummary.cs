namespace MedR1.Samples.QuickStart;

/// <summary>
/// The figures of a run, as stored in <c>summary.json</c>. Accuracies are fractions of the test questions; without a control, there is no
/// accuracy of the question alone.
/// </summary>
internal sealed record QuickStartSummary(
    double ZeroShotAccuracy,
    double TrainedAccuracy,
    double BlindPriorAccuracy,
    double? QuestionOnlyAccuracy,
    double Chance,
    double Seconds,
    int Seed)
{
    public required int Steps { get; init; }

    public required int TestQuestions { get; init; }

    public required string ScoringRule { get; init; }
}
