using System.Diagnostics.Metrics;

namespace MedR1.Sampling.Remote;

/// <summary>The meter "MedR1.Sampling.Remote".</summary>
internal static class RemoteSamplingMetrics
{
    private static readonly Meter Meter = new(RemoteSampler.MeterName);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "medr1.sampling.remote.requests",
        "{request}",
        "Requests sent, repetitions included, by status; 0 where none came.");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "medr1.sampling.remote.retries", "{request}", "Requests that are repeated.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "medr1.sampling.remote.tokens", "{token}", "Tokens of completions that were given, end tokens included.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "medr1.sampling.remote.request.duration",
        "s",
        "Seconds from sending a request to the end of its answer or failure.");

    public static void RecordRequest(int? status, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> tag = new("status", status ?? 0);
        Requests.Add(1, tag);
        Duration.Record(elapsed.TotalSeconds, tag);
    }

    public static void RecordRetry() => Retries.Add(1);

    public static void RecordTokens(long count) => Tokens.Add(count);
}
