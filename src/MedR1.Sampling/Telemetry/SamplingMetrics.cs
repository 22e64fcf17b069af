using System.Diagnostics.Metrics;

namespace MedR1.Sampling;

/// <summary>The meter "MedR1.Sampling".</summary>
internal static class SamplingMetrics
{
    private static readonly Meter Meter = new(LocalSampler.MeterName);

    private static readonly Counter<long> Tokens =
        Meter.CreateCounter<long>("medr1.sampling.tokens", "{token}", "Tokens drawn, end tokens included.");

    private static readonly Counter<long> Rows =
        Meter.CreateCounter<long>(
            "medr1.sampling.rows", "{completion}", "Completions drawn, by the reason that ended them.");

    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>(
        "medr1.sampling.duration", "s", "Seconds of computing a batch: pictures, prompts and tokens.");

    private static readonly Histogram<double> Occupancy = Meter.CreateHistogram<double>(
        "medr1.sampling.occupancy",
        "1",
        "Tokens drawn in a batch over its rows times its steps; 1 where no row ended early.");

    public static void Record(RolloutBatch batch, TimeSpan elapsed)
    {
        Tokens.Add(batch.TokenCount);
        foreach (IGrouping<StopReason?, RolloutRow> reason in batch.Rows.GroupBy(row => row.Ended))
        {
            Rows.Add(reason.Count(), KeyValuePair.Create<string, object?>("stop_reason", reason.Key?.ToString()));
        }

        Seconds.Record(elapsed.TotalSeconds);
        if (batch.StepCount > 0)
        {
            Occupancy.Record(batch.TokenCount / ((double)batch.RowCount * batch.StepCount));
        }
    }
}
