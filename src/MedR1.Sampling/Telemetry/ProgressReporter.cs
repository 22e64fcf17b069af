using System.Diagnostics;

namespace MedR1.Sampling;

/// <summary>Measures the progress of one call, and reports it to a listener at intervals.</summary>
internal sealed class ProgressReporter(LocalSamplerOptions options, int promptCount)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _nextReport;

    /// <summary>The number of groups returned so far.</summary>
    public int CompletedPrompts { get; set; }

    /// <summary>Time spent computing.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Starts or resumes measuring time.</summary>
    public void Resume() => _watch.Start();

    /// <summary>Stops measuring time while the caller works.</summary>
    public void Pause() => _watch.Stop();

    /// <summary>Reports the state if the interval has passed.</summary>
    public void Report(RolloutEngine engine)
    {
        if (options.Progress is not null && _watch.Elapsed >= _nextReport)
        {
            _nextReport = _watch.Elapsed + options.ProgressInterval;
            Tell(engine);
        }
    }

    /// <summary>Reports the final state.</summary>
    public void Finish(RolloutEngine engine) => Tell(engine);

    private void Tell(RolloutEngine engine) => options.Progress?.Report(new SamplingProgress(
        CompletedPrompts,
        promptCount,
        engine.Counts.Ends.Values.Sum(),
        engine.ActiveRowCount,
        engine.Counts.TokenCount,
        _watch.Elapsed));
}
