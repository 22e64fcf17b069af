using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MedR1.Training;

/// <summary>
/// Publishes metrics through the .NET <see cref="Meter"/> <c>MedR1.Training</c>, for OpenTelemetry, dotnet-counters or any other listener:
/// a gauge for each metric, named <c>medr1.training.</c> plus the metric's name with dots for slashes, and the counter
/// <c>medr1.training.steps</c>.
/// </summary>
/// <remarks>
/// With OpenTelemetry: <c>AddMeter(MeterSink.MeterName)</c>. Values that are not finite are skipped, because exporters reject them.
/// </remarks>
public sealed class MeterSink : IHistorySink, IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MedR1.Training";

    private const string Prefix = "medr1.training.";
    private readonly ConcurrentDictionary<string, Gauge<double>> _gauges = new();
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly Meter _meter;
    private readonly Counter<long> _steps;
    private long? _lastStep;

    /// <summary>Creates the sink with its own meter.</summary>
    /// <param name="run">A name for the run, attached to everything as the tag <c>run</c>; null for none.</param>
    public MeterSink(string? run = null)
    {
        _tags = run is null ? [] : [KeyValuePair.Create<string, object?>("run", run)];
        _meter = new Meter(MeterName);
        _steps = _meter.CreateCounter<long>(Prefix + "steps", "{step}", "Optimizer steps completed as of the last report.");
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The counter counts from here, since the first report may come many steps later. Steps that this process made but did not report,
    /// because the run was cancelled between two reports, are counted with the next report.
    /// </remarks>
    public void Begin(long stepsBefore) => _lastStep = Math.Min(_lastStep ?? stepsBefore, stepsBefore);

    /// <inheritdoc/>
    public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(metrics);

        // For callers that don't use Begin: steps before the first report may belong to a different process. If a run returns to an earlier
        // checkpoint, nothing is subtracted: a counter only grows.
        _steps.Add(Math.Max(0, metrics.Step - (_lastStep ?? Math.Max(0, metrics.Step - 1))), _tags);
        _lastStep = metrics.Step;
        foreach ((string name, double value) in metrics.Values)
        {
            if (double.IsFinite(value))
            {
                _gauges.GetOrAdd(name, CreateGauge).Record(value, _tags);
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Disposes the meter.</summary>
    public void Dispose() => _meter.Dispose();

    private Gauge<double> CreateGauge(string name) =>
        _meter.CreateGauge<double>(Prefix + name.Replace('/', '.'), description: $"The metric '{name}'.");
}
