using System.Diagnostics;

namespace MedR1.Training;

/// <summary>Adds the metrics that all trainers share to those of a step, and passes them to the sinks.</summary>
internal sealed class RunLog(MetricDispatcher dispatcher, RunState state, int totalSteps, TrainerOptions options)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _firstStep = state.Step;
    private readonly List<StepMetrics> _history = [];
    private readonly BestChoice _best = new(options, state);

    public double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Adds the metrics that all trainers share to a step's, and chooses the best step.</summary>
    public void Complete(Dictionary<string, double> values)
    {
        values[TrainingMetricNames.TokenCount] = state.Tokens;
        values[TrainingMetricNames.SkippedSteps] = state.SkippedSteps;
        values[TrainingMetricNames.Progress] = (double)state.Step / totalSteps;
        values[TrainingMetricNames.SecondsLeft] = Seconds / Math.Max(1, state.Step - _firstStep) * (totalSteps - state.Step);
        foreach ((string reward, long count) in state.RewardFailures)
        {
            values[TrainingMetricNames.RewardFailures(reward)] = count;
        }

        _best.RequireOfStep(values);
        _best.Choose(values);
    }

    /// <summary>Stores the metrics of a step, and reports them if due.</summary>
    public async ValueTask WriteAsync(Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        _history.Add(new StepMetrics(state.Step, values));
        foreach ((string name, double value) in values)
        {
            state.Unreported[name] = value;
        }

        // The metrics of an evaluation are reported at its own step.
        if (state.Step % options.LogInterval == 0 || state.Step == totalSteps || state.EndsEarly
            || values.ContainsKey(TrainingMetricNames.EvaluationSeconds))
        {
            StepMetrics report = new(state.Step, new Dictionary<string, double>(state.Unreported));
            await dispatcher.WriteAsync(report, cancellationToken).ConfigureAwait(false);

            // Only afterwards: a report that was cancelled is written again, in full.
            state.Unreported.Clear();
        }
    }

    /// <summary>Writes the metrics of an evaluation before the first step.</summary>
    public async ValueTask WriteStartAsync(Dictionary<string, double> values, CancellationToken cancellationToken)
    {
        _best.Choose(values);
        StepMetrics metrics = new(0, values);
        _history.Add(metrics);
        await dispatcher.WriteAsync(metrics, cancellationToken).ConfigureAwait(false);
    }

    public TrainingReport Report(string? lastCheckpoint, string? bestCheckpoint) => new()
    {
        Steps = state.Step,
        Seconds = Seconds,
        SkippedSteps = state.SkippedSteps,
        RewardFailures = new Dictionary<string, long>(state.RewardFailures),
        FirstRewardFailures = new Dictionary<string, string>(state.FirstRewardFailures),
        SinkFailures = dispatcher.Failures,
        History = _history,
        LastCheckpoint = lastCheckpoint,
        BestCheckpoint = bestCheckpoint,
        BestValue = state.BestValue,
        HasEndedEarly = state.EndsEarly,
    };
}
