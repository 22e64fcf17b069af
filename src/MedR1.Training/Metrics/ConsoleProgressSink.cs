using System.Globalization;

namespace MedR1.Training;

/// <summary>
/// Shows the progress of a run: step, reward or loss, accuracy, length, tokens per second, time left, results of evaluations, and what
/// keeps the run from learning: failed rewards, groups that all agree. A terminal gets one line that is overwritten, other outputs one line
/// per interval; a line with an evaluation stays on both.
/// </summary>
public sealed class ConsoleProgressSink : IMetricSink, IDisposable
{
    private readonly TextWriter _writer;
    private readonly bool _overwrite;
    private readonly int _interval;
    private readonly string? _accuracy;
    private int _lastLength;
    private long? _lastStep;

    /// <summary>Creates a sink for the console or a different writer.</summary>
    /// <param name="writer">Where to write; <see langword="null"/> for the console.</param>
    /// <param name="overwrite">
    /// Whether each line replaces the one before; <see langword="null"/> for only if the console is a terminal.
    /// </param>
    /// <param name="interval">The number of steps between lines, if lines are not overwritten.</param>
    /// <param name="accuracyReward">
    /// The reward shown as accuracy; <see langword="null"/> for the first with "accuracy" in its name.
    /// </param>
    public ConsoleProgressSink(
        TextWriter? writer = null, bool? overwrite = null, int interval = 1, string? accuracyReward = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        _writer = writer ?? Console.Out;
        _overwrite = overwrite ?? (writer is null && !Console.IsOutputRedirected);
        _interval = interval;
        _accuracy = accuracyReward is null ? null : TrainingMetricNames.RewardMeanOf(accuracyReward);
    }

    /// <summary>A prefix of each line, for runs that share a console; empty by default.</summary>
    public string Label { get; init; } = string.Empty;

    /// <inheritdoc/>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        bool isEvaluation = metrics.Values.Keys.Any(TrainingMetricNames.IsEvaluation);
        bool isLast = metrics.Values.TryGetValue(TrainingMetricNames.Progress, out double progress) && progress >= 1;
        if (_overwrite)
        {
            string line = Line(metrics);
            _writer.Write("\r" + line.PadRight(_lastLength));
            _lastLength = line.Length;
            if (isLast || isEvaluation)
            {
                EndLine();
            }
        }
        else if (isLast || isEvaluation || metrics.Step == 1 || _lastStep is null
            || metrics.Step / _interval != _lastStep / _interval)
        {
            _writer.WriteLine(Line(metrics));
            _lastStep = metrics.Step;
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Ends a line that is still open.</summary>
    public void Dispose() => EndLine();

    private void EndLine()
    {
        if (_lastLength > 0)
        {
            _writer.WriteLine();
            _lastLength = 0;
        }
    }

    private string Line(StepMetrics metrics)
    {
        IReadOnlyDictionary<string, double> values = metrics.Values;
        List<string> parts = [StepText(metrics)];
        Add(TrainingMetricNames.Reward, "reward {0:0.000}");
        string? accuracy = _accuracy ?? values.Keys.FirstOrDefault(name => TrainingMetricNames.IsRewardMean(name)
            && name.Contains("accuracy", StringComparison.OrdinalIgnoreCase));
        Add(accuracy, "accuracy {0:0.0%}");
        Add(TrainingMetricNames.MeanLength, "length {0:0.0}");
        if (!values.ContainsKey(TrainingMetricNames.Reward))
        {
            Add(TrainingMetricNames.Loss, "loss {0:0.0000}");
        }

        Add(TrainingMetricNames.TokensPerSecond, "{0:#,0} tokens/s");
        if (values.TryGetValue(TrainingMetricNames.SkippedSteps, out double skipped) && skipped > 0)
        {
            Add(TrainingMetricNames.SkippedSteps, "{0:0} skipped");
        }

        parts.AddRange(Warnings(values));
        parts.AddRange(values.Where(pair => TrainingMetricNames.IsEvaluation(pair.Key)).Select(
            pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {pair.Value:0.####}")));
        if (values.TryGetValue(TrainingMetricNames.SecondsLeft, out double left) && double.IsFinite(left))
        {
            parts.Add(TimeText(left) + " left");
        }

        return Label + string.Join("  ", parts);

        void Add(string? name, string format)
        {
            if (name is not null && values.TryGetValue(name, out double value))
            {
                parts.Add(string.Format(CultureInfo.InvariantCulture, format, value));
            }
        }
    }

    // What keeps a run from learning but does not stop it.
    private static IEnumerable<string> Warnings(IReadOnlyDictionary<string, double> values)
    {
        foreach ((string name, double count) in values)
        {
            if (TrainingMetricNames.FailedReward(name) is string reward)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{count:0} failures of '{reward}'");
            }
        }

        // Only once: an evaluation may omit the metric now and then.
        if (values.TryGetValue(TrainingMetricNames.EvaluationsWithoutBestMetric, out double missing) && missing == 1)
        {
            yield return "the metric for the best checkpoint was not measured";
        }

        if (values.ContainsKey(TrainingMetricNames.MeanLength) && !values.ContainsKey(TrainingMetricNames.Reward))
        {
            yield return "no completion has a reward";
        }
        else if (values.TryGetValue(TrainingMetricNames.ZeroStandardDeviationFraction, out double fraction) && fraction == 1)
        {
            yield return "no group differs in reward";
        }
    }

    private static string StepText(StepMetrics metrics)
    {
        string step = metrics.Step.ToString(CultureInfo.InvariantCulture);
        if (!metrics.Values.TryGetValue(TrainingMetricNames.Progress, out double progress) || progress <= 0)
        {
            return $"step {step}";
        }

        string total = Math.Round(metrics.Step / progress).ToString(CultureInfo.InvariantCulture);
        return $"step {step.PadLeft(total.Length)}/{total}";
    }

    private static string TimeText(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.MaxValue.TotalSeconds / 2));
        return time.TotalHours >= 1
            ? string.Create(
                CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes}:{time.Seconds:00}");
    }
}
