using System.Globalization;

namespace MedR1.Training;

/// <summary>
/// Keeps an HTML report of a run up to date (<see cref="HtmlReport"/>): curves of all metrics, the last step, and the completions
/// of the last rollout.
/// </summary>
public sealed class HtmlReportWriter : IRolloutObserver
{
    private const int MostCompletions = 64;
    private readonly string _path;
    private readonly string _title;
    private readonly int _interval;
    private readonly StepHistory _history;
    private readonly Dictionary<string, string> _facts = [];
    private CompletionRow[] _completions = [];
    private bool _hasUnsaved;

    /// <summary>Creates the writer.</summary>
    /// <param name="path">The HTML file.</param>
    /// <param name="title">The heading.</param>
    /// <param name="interval">
    /// The number of steps between updates of the file. After the first step the file is always written at the end, even if the run is
    /// cancelled or fails.
    /// </param>
    /// <param name="metricsFile">
    /// The file of the run's <see cref="JsonLinesSink"/>, to show a resumed run from its first step on; it need not exist yet.
    /// </param>
    /// <exception cref="InvalidDataException">The metrics file contains something other than metrics.</exception>
    /// <exception cref="IOException">The metrics file can't be read.</exception>
    public HtmlReportWriter(string path, string title = "Training", int interval = 50, string? metricsFile = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(title);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(interval);
        _path = path;
        _title = title;
        _interval = interval;
        _history = new StepHistory(metricsFile);
    }

    /// <summary>Sets a fact about the run that the top of the report shows.</summary>
    /// <param name="name">The name of the fact.</param>
    /// <param name="value">Its value.</param>
    public void Set(string name, string value) => _facts[name] = value;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void OnStart(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);

        // The page is often written only at the end, and a run of hours would fail there.
        WholeFile.RequireWritable(_path, "The report", "report.html");
        _history.Begin(start.StepsBefore);
        Set("Trainer", start.Trainer);
        Set("Started", string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.Now:yyyy-MM-dd HH:mm:ss zzz}"));
        Set("Steps", string.Create(
            CultureInfo.InvariantCulture, $"from {start.StepsBefore} to {start.TotalSteps}"));
    }

    /// <inheritdoc/>
    public void OnRollout(Rollout rollout) => _completions = [.. CompletionRow.Of(rollout).Take(MostCompletions)];

    /// <inheritdoc/>
    public void OnStep(StepMetrics metrics)
    {
        _history.Add(metrics);
        _hasUnsaved = true;
        if (_history.Added % _interval == 0)
        {
            Save();
        }
    }

    /// <inheritdoc/>
    public void OnCheckpoint(long step, string folder)
    {
        Set("Last checkpoint", folder);

        // Checkpoints follow their step, whose page may have been written already.
        _hasUnsaved = true;
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        Set("Seconds", report.Seconds.ToString("0", CultureInfo.InvariantCulture));
        Set("Skipped steps", report.SkippedSteps.ToString(CultureInfo.InvariantCulture));
        if (report.BestCheckpoint is string best)
        {
            Set("Best checkpoint", string.Create(CultureInfo.InvariantCulture, $"{best} ({report.BestValue:0.####})"));
        }

        foreach ((string reward, long failures) in report.RewardFailures)
        {
            Set($"Failures of reward {reward}", failures.ToString(CultureInfo.InvariantCulture));
        }

        Save();
    }

    /// <inheritdoc/>
    public void OnStop()
    {
        if (_hasUnsaved)
        {
            Save();
        }
    }

    private void Save()
    {
        HtmlReport.Save(
            _path, new HtmlReportContent(_title, _history.Steps) { Facts = [.. _facts], Completions = _completions });
        _hasUnsaved = false;
    }
}
