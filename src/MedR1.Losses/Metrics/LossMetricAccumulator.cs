namespace MedR1.Losses;

/// <summary>
/// Combines the metrics of the micro-batches of a step. For one thread at a time; nothing to dispose.
/// </summary>
public sealed class LossMetricAccumulator
{
    private readonly Dictionary<string, LossMetric> _metrics = [];

    /// <summary>The combined measurements so far, in the order in which their names appeared.</summary>
    public IReadOnlyDictionary<string, LossMetric> Metrics => _metrics;

    /// <summary>Takes the metrics of a micro-batch.</summary>
    /// <param name="metrics">Measurements by name.</param>
    /// <exception cref="ArgumentException">A name came with another kind before.</exception>
    public void Add(IReadOnlyDictionary<string, LossMetric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        foreach ((string name, LossMetric metric) in metrics)
        {
            _metrics[name] = _metrics.TryGetValue(name, out LossMetric before) ? before.CombineWith(metric) : metric;
        }
    }

    /// <summary>The values to log, without those that nothing was measured for.</summary>
    public IReadOnlyDictionary<string, double> ToValues() => _metrics
        .Where(pair => pair.Value.Weight > 0)
        .ToDictionary(pair => pair.Key, pair => pair.Value.Value);

    /// <summary>Forgets all, for the next step.</summary>
    public void Clear() => _metrics.Clear();
}
