using System.Diagnostics;
using System.Diagnostics.Metrics;

using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class TelemetryTests
{
    private static readonly SamplingOptions Options =
        new() { SamplesPerPrompt = 3, MaxNewTokens = 6, EndTokenIds = [] };

    [Fact]
    public async Task The_last_progress_report_has_everything_done()
    {
        using TinyPolicy policy = Samples.Policy();
        Reports reports = new();
        LocalSampler sampler = new(policy, new LocalSamplerOptions
        {
            MaxRows = 6, Progress = reports, ProgressInterval = TimeSpan.Zero,
        });
        await sampler.DrawAsync(Samples.Mixed, Options);

        SamplingProgress last = reports.All[^1];
        Assert.Equal(
            (4, 4, 12, 0, 72L),
            (last.CompletedPrompts, last.PromptCount, last.CompletedRows, last.ActiveRows, last.TokenCount));
        Assert.True(last.TokensPerSecond > 0);

        // Twelve completions in six slots: twelve steps, and a final report.
        Assert.Equal(13, reports.All.Count);
        Assert.Equal((0, 6, 6L), (reports.All[0].CompletedRows, reports.All[0].ActiveRows, reports.All[0].TokenCount));
        Assert.Equal(reports.All.OrderBy(report => report.TokenCount), reports.All);
    }

    [Fact]
    public async Task The_meter_counts_tokens_rows_and_seconds()
    {
        using TinyPolicy policy = Samples.Policy();
        Dictionary<string, double> sums =
            await MeasureAsync(() => new LocalSampler(policy).DrawAsync(Samples.Mixed, Options));

        Assert.Equal(72, sums["medr1.sampling.tokens"]);
        Assert.Equal(12, sums["medr1.sampling.rows"]);
        Assert.Equal(1, sums["medr1.sampling.occupancy"]);
        Assert.True(sums["medr1.sampling.duration"] > 0);
    }

    // Three completions of six tokens at once: the first group is complete after five passes. Then the caller leaves, or the sixth
    // pass, after the first tokens of the second prompt, fails.
    [Theory]
    [InlineData(false, 3, 18)]
    [InlineData(true, 3, 18 + 3)]
    public async Task The_meter_counts_what_was_drawn_before_a_call_was_abandoned_or_failed(bool fails, int rows, int tokens)
    {
        using WatchedPolicy policy = new(Samples.Policy())
        {
            BeforeDecode = step => Assert.NotEqual(6, step),
        };
        LocalSampler sampler = new(policy, new LocalSamplerOptions { MaxRows = 3 });
        Dictionary<string, double> sums = await MeasureAsync(() => Record.ExceptionAsync(
            () => sampler.SampleAsync(Samples.Mixed, Options).Take(fails ? 4 : 1).ToListAsync().AsTask()));

        Assert.Equal(tokens, sums["medr1.sampling.tokens"]);
        Assert.Equal(rows, sums["medr1.sampling.rows"]);
        Assert.Equal(1, sums["medr1.sampling.occupancy"]);
        Assert.True(sums["medr1.sampling.duration"] > 0);
    }

    // Cancelled before the fourth pass after the first tokens: twelve rows of four tokens, and none is left in progress.
    [Fact]
    public async Task Cancelled_rows_are_counted_and_no_longer_active()
    {
        using CancellationTokenSource source = new();
        using WatchedPolicy policy = new(Samples.Policy())
        {
            BeforeDecode = step =>
            {
                if (step == 3)
                {
                    source.Cancel();
                }
            },
        };
        Reports reports = new();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { Progress = reports });
        Dictionary<string, double> sums = await MeasureAsync(
            () => sampler.SampleAsync(Samples.Mixed, Options, source.Token).ToListAsync(CancellationToken.None).AsTask());

        Assert.Equal((48, 12), (sums["medr1.sampling.tokens"], sums["medr1.sampling.rows"]));
        SamplingProgress last = reports.All[^1];
        Assert.Equal((4, 12, 0, 48L), (last.CompletedPrompts, last.CompletedRows, last.ActiveRows, last.TokenCount));
    }

    [Fact]
    public async Task The_meter_counts_an_abandoned_stream()
    {
        using TinyPolicy policy = Samples.Policy();
        Dictionary<string, double> sums = await MeasureAsync(() => new LocalSampler(policy)
            .StreamAsync(Samples.Mixed[0], Options with { SamplesPerPrompt = 1 }).Take(4).ToListAsync().AsTask());

        Assert.Equal(4, sums["medr1.sampling.tokens"]);
        Assert.False(sums.ContainsKey("medr1.sampling.rows"));
    }

    // Both clocks are monotonic: if pauses were counted, the reported time would exceed the time spent outside them.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_time_spent_by_the_caller_is_not_counted(bool isStream)
    {
        using TinyPolicy policy = Samples.Policy();
        Reports reports = new();
        LocalSampler sampler = new(policy, new LocalSamplerOptions { Progress = reports });
        Stopwatch outside = new(), whole = Stopwatch.StartNew();
        if (isStream)
        {
            await foreach (SampledToken _ in sampler.StreamAsync(Samples.Mixed[0], Options with { SamplesPerPrompt = 1 }))
            {
                Take();
            }
        }
        else
        {
            await foreach (CompletionGroup _ in sampler.SampleAsync(Samples.Mixed, Options))
            {
                Take();
            }
        }

        SamplingProgress last = reports.All[^1];
        Assert.InRange(last.Elapsed, TimeSpan.FromTicks(1), whole.Elapsed - outside.Elapsed);
        Assert.Equal(isStream ? (1, 6L) : (4, 72L), (last.CompletedPrompts, last.TokenCount));

        void Take()
        {
            outside.Start();
            Thread.Sleep(20);
            outside.Stop();
        }
    }

    // Only what this test's own flow records: concurrent tests share the meter.
    private static async Task<Dictionary<string, double>> MeasureAsync(Func<Task> draw)
    {
        AsyncLocal<bool> mine = new() { Value = true };
        Dictionary<string, double> sums = [];
        using MeterListener listener = new()
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == LocalSampler.MeterName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };

        void Add(Instrument instrument, double value)
        {
            if (mine.Value)
            {
                sums[instrument.Name] = sums.GetValueOrDefault(instrument.Name) + value;
            }
        }

        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Add(instrument, value));
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => Add(instrument, value));
        listener.Start();
        await draw();
        return sums;
    }

    private sealed class Reports : IProgress<SamplingProgress>
    {
        public List<SamplingProgress> All { get; } = [];

        public void Report(SamplingProgress value) => All.Add(value);
    }
}
