using System.Diagnostics;

namespace MedR1.Sampling;

/// <summary>Counts for one call and tells a listener, not too often.</summary>
internal sealed class ProgressReporter(LocalSamplerOptions options, int promptCount)
{
    private readonly Stopwatch _watch = new();
    private TimeSpan _nextReport;
    private long _tokensBefore;
    private int _rowsBefore;

    /// <summary>Groups given so far.</summary>
    public int CompletedPrompts { get; set; }

    /// <summary>Time spent computing.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>Starts or goes on counting time.</summary>
    public void Resume() => _watch.Start();

    /// <summary>Stops counting time: the caller works.</summary>
    public void Pause() => _watch.Stop();

    /// <summary>Reports if it is time.</summary>
    public void Report(RolloutBatch batch)
    {
        if (options.Progress is not null && _watch.Elapsed >= _nextReport)
        {
            _nextReport = _watch.Elapsed + options.ProgressInterval;
            Tell(batch);
        }
    }

    /// <summary>Closes a batch, with a report.</summary>
    public void Finish(RolloutBatch batch)
    {
        Tell(batch);
        _tokensBefore += batch.TokenCount;
        _rowsBefore += batch.RowCount;
    }

    private void Tell(RolloutBatch batch)
    {
        int active = Math.Max(batch.ActiveRowCount, 0);
        options.Progress?.Report(new SamplingProgress(
            CompletedPrompts,
            promptCount,
            _rowsBefore + batch.RowCount - active,
            active,
            _tokensBefore + batch.TokenCount,
            _watch.Elapsed));
    }
}
