using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Losses;

/// <summary>
/// Collects measurements as tensors and reads them all at once: one device synchronization instead of one per metric.
/// </summary>
internal sealed class MetricCollector
{
    private readonly List<(string Name, LossMetricKind Kind)> _names = [];
    private readonly List<Tensor> _cells = [];

    /// <summary>Adds a measurement, whose tensors must stay alive until <see cref="Read"/>.</summary>
    public void Add(string name, Tensor sum, Tensor weight, LossMetricKind kind = LossMetricKind.Mean)
    {
        _names.Add((name, kind));
        _cells.Add(sum.to(ScalarType.Float64).reshape(1));
        _cells.Add(weight.to(ScalarType.Float64).reshape(1));
    }

    /// <summary>Adds the minimum or maximum of the values that count; its weight is 0 if none does.</summary>
    public void AddExtreme(string name, Tensor values, Tensor counts, LossMetricKind kind)
    {
        double neutral = kind == LossMetricKind.Minimum ? double.PositiveInfinity : double.NegativeInfinity;
        Tensor seen = values.to(ScalarType.Float64).FilledWhere(counts.logical_not(), neutral);
        Add(name, kind == LossMetricKind.Minimum ? seen.min() : seen.max(), counts.sum(), kind);
    }

    /// <summary>Copies all measurements to managed memory.</summary>
    public Dictionary<string, LossMetric> Read()
    {
        Dictionary<string, LossMetric> metrics = [];
        if (_names.Count == 0)
        {
            return metrics;
        }

        double[] values = cat(_cells, 0).cpu().data<double>().ToArray();
        for (int i = 0; i < _names.Count; i++)
        {
            metrics.Add(_names[i].Name, new LossMetric(values[2 * i], values[2 * i + 1], _names[i].Kind));
        }

        return metrics;
    }
}
