using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace MedR1.Sampling.Remote.Tests;

// Meters are shared by the process: no other test may draw while these listen.
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed class TelemetryCollection;

[Collection(nameof(TelemetryTests))]
public sealed class TelemetryTests
{
    [Fact]
    public async Task Requests_retries_tokens_and_seconds_are_measured()
    {
        ConcurrentQueue<(string Name, double Value, object? Status)> seen = new();
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == RemoteSampler.MeterName)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => See(instrument, value, tags));
        listener.Start();
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call is { Attempt: 1, Question: "question 1" }
                ? Replies.Text(context, 503, "busy")
                : Replies.Good(context, call));

        await server.Options().DrawAsync(Drawing.Prompts(2));

        Assert.Equal([200, 200, 503], seen.Where(m => m.Name.EndsWith(".requests")).Select(m => (int)m.Status!).Order());
        Assert.Equal(1, seen.Where(m => m.Name.EndsWith(".retries")).Sum(m => m.Value));
        Assert.Equal(2 * 2 * 3, seen.Where(m => m.Name.EndsWith(".tokens")).Sum(m => m.Value));
        Assert.Equal(3, seen.Count(m => m.Name.EndsWith(".request.duration") && m.Value > 0));

        void See(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            seen.Enqueue((instrument.Name, value, tags.Length > 0 ? tags[0].Value : null));
    }

    [Fact]
    public async Task Progress_counts_prompts_completions_tokens_and_retries()
    {
        await using ChatServer server = await ChatServer.StartAsync((context, call) =>
            call is { Attempt: 1, Question: "question 0" }
                ? Replies.Text(context, 503, "busy")
                : Replies.Good(context, call));
        List<RemoteSamplingProgress> reports = [];
        RemoteSamplerOptions options = server.Options() with { MaxParallelRequests = 1, Progress = new Listener(reports) };

        await options.DrawAsync(Drawing.Prompts(2));

        Assert.Equal(
            [new(0, 2, 0, 0, 1, default), new(1, 2, 2, 6, 1, default), new(2, 2, 4, 12, 1, default)],
            reports.Select(report => report with { Elapsed = default }));
        Assert.True(reports[^1].Elapsed > TimeSpan.Zero);
    }

    private sealed class Listener(List<RemoteSamplingProgress> reports) : IProgress<RemoteSamplingProgress>
    {
        public void Report(RemoteSamplingProgress value) => reports.Add(value);
    }
}
