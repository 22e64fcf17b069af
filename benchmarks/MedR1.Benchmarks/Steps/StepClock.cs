using System.Diagnostics;
using MedR1.Benchmarks.RealShape;
using MedR1.Training;

namespace MedR1.Benchmarks.Steps;

/// <summary>
/// Sums the time of each part of the steps of a run.
/// </summary>
/// <param name="warmUp">The number of initial steps to exclude.</param>
internal sealed class StepClock(int warmUp) : IRolloutObserver
{
    private readonly Dictionary<StepPart, double> _seconds = [];
    private long _start = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();
    private long _residentBefore = MachineLimits.RestartPeakMemory();
    private int _steps;

    /// <summary>Runs and times a part.</summary>
    public T Measure<T>(StepPart part, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        _last = Stopwatch.GetTimestamp();
        Add(part, Stopwatch.GetElapsedTime(start, _last).TotalSeconds);
        return result;
    }

    /// <summary>Loss and backward pass follow the passes of policy and reference.</summary>
    public void OnMicroStep(PolicyMicroStep microStep) => AddSinceLast(StepPart.Backward);

    public void OnStep(StepMetrics metrics)
    {
        AddSinceLast(StepPart.Optimizer);
        if (metrics.Step <= warmUp)
        {
            _seconds.Clear();
            _start = _last;
            _residentBefore = MachineLimits.RestartPeakMemory();
            return;
        }

        Add(StepPart.Reward, metrics.Values[TrainingMetricNames.RewardSeconds]);
        _steps++;
    }

    /// <summary>The average times of a step.</summary>
    public StepTimes End() => new(
        Stopwatch.GetElapsedTime(_start, _last).TotalSeconds / _steps,
        _seconds.ToDictionary(part => part.Key, part => part.Value / _steps),
        MachineLimits.PeakMemoryBytes() - _residentBefore);

    private void AddSinceLast(StepPart part)
    {
        long now = Stopwatch.GetTimestamp();
        Add(part, Stopwatch.GetElapsedTime(_last, now).TotalSeconds);
        _last = now;
    }

    private void Add(StepPart part, double seconds) => _seconds[part] = _seconds.GetValueOrDefault(part) + seconds;
}
