using System.Diagnostics.Metrics;

namespace MedR1.Sampling.Remote;

/// <summary>The meter "MedR1.Sampling.Remote".</summary>
internal static class RemoteSamplingMetrics
{
    private static readonly Meter Meter = new(RemoteSampler.MeterName);

    private static readonly Counter<long> Requests = Meter.CreateCounter<long>(
        "medr1.sampling.remote.requests",
        "{request}",
        "Requests sent, including retries, by status; 0 if there was no response.");

    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "medr1.sampling.remote.retries", "{request}", "Requests that are retried.");

    private static readonly Counter<long> Tokens = Meter.CreateCounter<long>(
        "medr1.sampling.remote.tokens", "{token}", "Tokens of returned completions, including end tokens.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "medr1.sampling.remote.request.duration",
        "s",
        "Time from sending a request to the end of its response or its failure.");

    public static void RecordRequest(int? status, TimeSpan elapsed)
    {
        KeyValuePair<string, object?> tag = new("status", status ?? 0);
        Requests.Add(1, tag);
        Duration.Record(elapsed.TotalSeconds, tag);
    }

    public static void RecordRetry() => Retries.Add(1);

    public static void RecordTokens(long count) => Tokens.Add(count);
}
