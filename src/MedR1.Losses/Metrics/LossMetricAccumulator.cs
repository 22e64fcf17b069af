namespace MedR1.Losses;

/// <summary>Combines the metrics of the micro-batches of a step. Not thread-safe; nothing to dispose.</summary>
public sealed class LossMetricAccumulator
{
    private readonly Dictionary<string, LossMetric> _metrics = [];

    /// <summary>The measurements combined so far, in the order in which their names first appeared.</summary>
    public IReadOnlyDictionary<string, LossMetric> Metrics => _metrics;

    /// <summary>Adds the metrics of a micro-batch.</summary>
    /// <param name="metrics">Measurements by name.</param>
    /// <exception cref="ArgumentException">A name was added before with a different kind.</exception>
    public void Add(IReadOnlyDictionary<string, LossMetric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach ((string name, LossMetric metric) in metrics)
        {
            _metrics[name] = _metrics.TryGetValue(name, out LossMetric before) ? before.CombineWith(metric) : metric;
        }
    }

    /// <summary>The values to log, except those for which nothing was measured.</summary>
    public IReadOnlyDictionary<string, double> ToValues() => _metrics
        .Where(pair => pair.Value.Weight > 0)
        .ToDictionary(pair => pair.Key, pair => pair.Value.Value);

    /// <summary>Removes all measurements, for the next step.</summary>
    public void Clear() => _metrics.Clear();
}
