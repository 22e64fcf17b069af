using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MedR1.Training.Terminal;

/// <summary>
/// Shows the progress of a run, the key metrics with their recent trend, and the model's latest answers. The view is updated on the
/// trainer's thread and stops when the run ends, even if it is cancelled or fails, or when it is disposed. The trainer's next run is shown
/// anew.
/// </summary>
public sealed class LiveConsole : IRolloutObserver, IDisposable
{
    private const int MaxHistory = 40;
    private const int MinHistory = 5;
    private const int Frame = 4;

    // Spectre.Console reserves space for the lines of a table even if it has none.
    private const int Gaps = 6;
    private const int LatestLines = 3;
    private readonly IAnsiConsole _console;
    private readonly Dictionary<string, List<double>> _histories = [];
    private TaskCompletionSource? _ended;
    private LiveDisplayContext? _display;
    private Task? _live;
    private TrainingStart? _start;
    private StepMetrics? _last;
    private CompletionRow[] _latest = [];

    /// <summary>Creates the view.</summary>
    /// <param name="console">Where to draw; <see langword="null"/> for the process's console.</param>
    public LiveConsole(IAnsiConsole? console = null)
    {
        _console = console ?? AnsiConsole.Console;
    }

    /// <inheritdoc/>
    public void OnStart(TrainingStart start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _start = start;
        if (_live is not null || !_console.Profile.Capabilities.Interactive)
        {
            return;
        }

        // One for each run: a trainer whose run was cancelled may continue.
        TaskCompletionSource ended = _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource<LiveDisplayContext> ready = new();
        _live = Task.Run(() => _console.Live(new Text("Waiting for the first step …")).StartAsync(async display =>
        {
            ready.SetResult(display);
            await ended.Task.ConfigureAwait(false);
        }));

        // If something prevents the display from starting, such as another live display, this task ends without ever being ready.
        Task live = _live;
        if (Task.WhenAny(ready.Task, live).GetAwaiter().GetResult() == live)
        {
            _live = null;
            live.GetAwaiter().GetResult();
        }

        _display = ready.Task.Result;
    }

    /// <inheritdoc/>
    public void OnRollout(Rollout rollout) => _latest = [.. CompletionRow.Of(rollout).Take(LatestLines)];

    /// <inheritdoc/>
    public void OnStep(StepMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        _last = metrics;
        foreach ((string name, double value) in metrics.Values)
        {
            if (!_histories.TryGetValue(name, out List<double>? history))
            {
                _histories[name] = history = [];
            }

            history.Add(value);
            if (history.Count > MaxHistory)
            {
                history.RemoveAt(0);
            }
        }

        _display?.UpdateTarget(Panel());
    }

    /// <inheritdoc/>
    public void OnEnd(TrainingReport report)
    {
        bool wasLive = _display is not null;
        Dispose();
        if (!wasLive && _last is not null)
        {
            _console.Write(Panel());
        }
    }

    /// <inheritdoc/>
    public void OnStop() => Dispose();

    /// <summary>Leaves the last view on the screen and releases the console.</summary>
    public void Dispose()
    {
        _ended?.TrySetResult();
        _live?.GetAwaiter().GetResult();
        _live = null;
        _display = null;
    }

    private Panel Panel()
    {
        List<IRenderable> rows = [Progress(), Measurements()];
        if (_latest.Length > 0)
        {
            rows.Add(new Rule("latest completions") { Justification = Justify.Left });
            rows.AddRange(_latest.Select(row => new Text(
                $"{Number(row.Score.Total)}  {row.Completion.Text.ReplaceLineEndings(" ")}")
            {
                Overflow = Overflow.Ellipsis,
            }));
        }

        return new Panel(new Rows(rows)) { Header = new PanelHeader(_start?.Trainer ?? "Training") };
    }

    private Text Progress()
    {
        IReadOnlyDictionary<string, double> values = _last!.Values;
        long total = _start?.TotalSteps ?? _last.Step;
        string left = values.TryGetValue(TrainingMetricNames.SecondsLeft, out double seconds) && double.IsFinite(seconds)
            ? $", {TimeSpan.FromSeconds(Math.Round(seconds)):c} left" : "";
        return new Text(string.Create(CultureInfo.InvariantCulture, $"step {_last.Step} of {total}{left}"));
    }

    private Table Measurements()
    {
        (string Name, string Value)[] shown = [.. _histories.Keys
            .Where(IsShown).Order(StringComparer.Ordinal).Select(name => (name, Number(_histories[name][^1])))];

        // A sparkline that wraps looks like two sparklines: on a narrow terminal it is shortened instead.
        int taken = shown.Select(row => row.Name.Length).DefaultIfEmpty().Max()
            + shown.Select(row => row.Value.Length).DefaultIfEmpty().Max() + Gaps;
        int width = Math.Clamp(_console.Profile.Width - Frame - taken, 0, MaxHistory);
        Table table = new Table().Border(TableBorder.None).HideHeaders()
            .AddColumn("").AddColumn(new TableColumn("").RightAligned().NoWrap());
        if (width >= MinHistory)
        {
            table.AddColumn(new TableColumn("").NoWrap());
        }

        foreach ((string name, string value) in shown)
        {
            Text[] cells = [new(name), new(value), new(Sparkline.Of(_histories[name], width))];
            table.AddRow(cells.Take(table.Columns.Count));
        }

        return table;
    }

    private static bool IsShown(string name) => TrainingMetricNames.IsRewardMean(name)
        || TrainingMetricNames.IsEvaluation(name)
        || name is TrainingMetricNames.Loss or TrainingMetricNames.Reward or TrainingMetricNames.MeanLength
            or TrainingMetricNames.TruncatedFraction or TrainingMetricNames.ZeroStandardDeviationFraction
            or TrainingMetricNames.GradientNorm or TrainingMetricNames.StepSeconds
            or TrainingMetricNames.TokensPerSecond or TrainingMetricNames.KlDivergence
            or TrainingMetricNames.Entropy;

    private static string Number(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "–";
}
