using System.Diagnostics.Metrics;

namespace MedR1.Sampling;

/// <summary>The meter "MedR1.Sampling".</summary>
internal static class SamplingMetrics
{
    private static readonly Meter Meter = new(LocalSampler.MeterName);

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "medr1.sampling.tokens",
        "{token}",
        "Tokens sampled, including end tokens and those of calls that were abandoned or failed.");

    private static readonly Counter<long> Rows =
        Meter.CreateCounter<long>(
            "medr1.sampling.rows", "{completion}", "Completions that have ended, by stop reason.");

    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>(
        "medr1.sampling.duration", "s", "Computing time of a call: images, prompts and tokens.");

    private static readonly Histogram<double> Occupancy = Meter.CreateHistogram<double>(
        "medr1.sampling.occupancy",
        "1",
        "Tokens sampled in a call, divided by its slots times its steps; 1 if no slot was ever empty.");

    /// <summary>Records the metrics of a call when the result is disposed, however the call ends.</summary>
    public static IDisposable RecordAtEnd(RolloutEngine engine, ProgressReporter progress) => new Call(engine, progress);

    private static void Record(RolloutCounts counts, TimeSpan elapsed)
    {
        Tokens.Add(counts.TokenCount);
        foreach ((StopReason reason, int count) in counts.Ends)
        {
            Rows.Add(count, KeyValuePair.Create<string, object?>("stop_reason", reason.ToString()));
        }

        Seconds.Record(elapsed.TotalSeconds);
        if (counts.TokenCount > 0)
        {
            Occupancy.Record(counts.Occupancy);
        }
    }

    private sealed class Call(RolloutEngine engine, ProgressReporter progress) : IDisposable
    {
        public void Dispose() => Record(engine.Counts, progress.Elapsed);
    }
}
