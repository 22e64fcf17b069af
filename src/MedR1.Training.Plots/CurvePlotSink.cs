namespace MedR1.Training.Plots;

/// <summary>Keeps a PNG of a run's curves up to date.</summary>
public sealed class CurvePlotSink : IHistorySink
{
    private readonly string _path;
    private readonly int _interval;
    private readonly CurvePlotOptions? _options;
    private readonly StepHistory _history;
    private long _drawnAt;

    /// <summary>Creates the sink.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="interval">
    /// Steps between drawings, subject to which steps are reported (<see cref="TrainerOptions.LogInterval"/>); the last step is always
    /// drawn.
    /// </param>
    /// <param name="options">What to draw and how.</param>
    /// <param name="metricsFile">
    /// The file of the run's <see cref="JsonLinesSink"/>, to draw a resumed run from its first step on; it need not exist yet.
    /// </param>
    /// <exception cref="InvalidDataException">The metrics file contains something other than metrics.</exception>
    /// <exception cref="IOException">The PNG file can't be written, or the metrics file can't be read.</exception>
    public CurvePlotSink(string path, int interval = 50, CurvePlotOptions? options = null, string? metricsFile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);

        // A failure of a sink ends no run: after hours there would only be a line in the report that no curves were drawn.
        WholeFile.RequireWritable(path, "The plot", "curves.png");
        _path = path;
        _interval = interval;
        _options = options;
        _history = new StepHistory(metricsFile);
    }

    /// <inheritdoc/>
    public void Begin(long stepsBefore) => _history.Begin(stepsBefore);

    /// <inheritdoc/>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _history.Add(metrics);
        bool isLast = metrics.Values.TryGetValue(TrainingMetricNames.Progress, out double progress) && progress >= 1;
        if (isLast || metrics.Step / _interval != _drawnAt / _interval)
        {
            _drawnAt = metrics.Step;
            CurvePlot.Save(_path, _history.Steps, _options);
        }

        return ValueTask.CompletedTask;
    }
}
