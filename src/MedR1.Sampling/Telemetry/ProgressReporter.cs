using System.Diagnostics;

namespace MedR1.Sampling;

/// <summary>Counts for one call and tells a listener, not too often.</summary>
internal sealed class ProgressReporter(LocalSamplerOptions options, int promptCount)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _nextReport;

    /// <summary>Groups given so far.</summary>
    public int CompletedPrompts { get; set; }

    /// <summary>Time spent computing.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Starts or goes on counting time.</summary>
    public void Resume() => _watch.Start();

    /// <summary>Stops counting time: the caller works.</summary>
    public void Pause() => _watch.Stop();

    /// <summary>Reports if it is time.</summary>
    public void Report(RolloutEngine engine)
    {
        if (options.Progress is not null && _watch.Elapsed >= _nextReport)
        {
            _nextReport = _watch.Elapsed + options.ProgressInterval;
            Tell(engine);
        }
    }

    /// <summary>Reports the last state.</summary>
    public void Finish(RolloutEngine engine) => Tell(engine);

    private void Tell(RolloutEngine engine) => options.Progress?.Report(new SamplingProgress(
        CompletedPrompts,
        promptCount,
        engine.Counts.Ends.Values.Sum(),
        engine.ActiveRowCount,
        engine.Counts.TokenCount,
        _watch.Elapsed));
}
