using MedR1.Losses;

namespace MedR1.Conformance;

/// <summary>
/// The values that the reference logs for a step: the mean of those of its micro-batches. This library weights them by
/// tokens.
/// </summary>
internal static class MicroBatchMeans
{
    /// <summary>Returns the means; a name without a value in any micro-batch is omitted.</summary>
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
