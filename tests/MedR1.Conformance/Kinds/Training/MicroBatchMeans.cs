using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>
/// What the reference logs of a step: the mean over micro-batches of what each of them measured. This library weighs by
/// tokens.
/// </summary>
internal static class MicroBatchMeans
{
    /// <summary>The means; a name that no micro-batch has a value for is left out.</summary>
    public static Dictionary<string, double> Of(IReadOnlyList<IReadOnlyDictionary<string, LossMetric>> microBatches) =>
        microBatches.SelectMany(metrics => metrics)
            .Select(metric => (metric.Key, Value: ValueOf(metric.Value)))
            .Where(metric => !double.IsNaN(metric.Value))
            .GroupBy(metric => metric.Key, metric => metric.Value)
            .ToDictionary(values => values.Key, values => values.Average());

    // The reference's means over nothing are 0; its extremes over nothing are NaN, which it drops before it averages.
    private static double ValueOf(LossMetric metric) =>
        metric is { Kind: LossMetricKind.Mean, Weight: 0 } ? 0 : metric.Value;
}
