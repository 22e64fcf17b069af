using System.Globalization;

namespace MedR1.Training;

/// <summary>The outcome of a run.</summary>
public sealed record TrainingReport
{
    /// <summary>Optimizer steps since the start of the run, including those before a resume.</summary>
    public required long Steps { get; init; }

    /// <summary>
    /// Whether <see cref="TrainerOptions.Patience"/> or a condition of <c>StopWhen</c> ended the run before its last step.
    /// </summary>
    public bool HasEndedEarly { get; init; }

    /// <summary>The duration of this call in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Steps that were skipped because loss or gradient was not finite.</summary>
    public required long SkippedSteps { get; init; }

    /// <summary>How often each reward failed; rewards that never did are not listed.</summary>
    public IReadOnlyDictionary<string, long> RewardFailures { get; init; } = new Dictionary<string, long>();

    /// <summary>The first failure of each reward that failed while this trainer ran.</summary>
    public IReadOnlyDictionary<string, string> FirstRewardFailures { get; init; } = new Dictionary<string, string>();

    /// <summary>The first failure of each metric sink that failed.</summary>
    public IReadOnlyList<string> SinkFailures { get; init; } = [];

    /// <summary>
    /// The metrics of each step of this call; sinks receive a report only every <see cref="TrainerOptions.LogInterval"/> steps.
    /// </summary>
    public IReadOnlyList<StepMetrics> History { get; init; } = [];

    /// <summary>The metrics of the last step; empty if there was none.</summary>
    public IReadOnlyDictionary<string, double> LastMetrics =>
        History.Count > 0 ? History[^1].Values : new Dictionary<string, double>();

    /// <summary>The last checkpoint written in this call; <see langword="null"/> if none was.</summary>
    public string? LastCheckpoint { get; init; }

    /// <summary>
    /// The checkpoint with the best value of <see cref="TrainerOptions.BestMetric"/>; <see langword="null"/> if none was chosen, or the
    /// value before the first step was the best.
    /// </summary>
    public string? BestCheckpoint { get; init; }

    /// <summary>The best value of <see cref="TrainerOptions.BestMetric"/> so far.</summary>
    public double? BestValue { get; init; }

    /// <summary>The outcome of the run in a few human-readable lines.</summary>
    public override string ToString()
    {
        List<string> lines =
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Steps} steps{(HasEndedEarly ? ", ended early" : "")}, {Seconds:0} seconds, {SkippedSteps} skipped"),
            .. RewardFailures.Select(pair => string.Create(
                CultureInfo.InvariantCulture, $"reward '{pair.Key}' failed {pair.Value} times")
                + (FirstRewardFailures.TryGetValue(pair.Key, out string? first) ? $", first: {first}" : "")),
            .. SinkFailures.Select(failure => $"sink failed: {failure}"),
        ];
        if (LastCheckpoint is not null)
        {
            lines.Add($"last checkpoint: {LastCheckpoint}");
        }

        if (BestValue is double best)
        {
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"best value: {best:0.####}, {BestCheckpoint ?? "no checkpoint"}"));
        }

        return string.Join(Environment.NewLine, lines);
    }
}
