using System.Diagnostics.Metrics;

using MedR1.Testing;

namespace MedR1.Sampling.Tests;

public sealed class TelemetryTests
{
    private static readonly SamplingOptions Options =
        new() { SamplesPerPrompt = 3, MaxNewTokens = 6, EndTokenIds = [] };

    [Fact]
    public async Task Progress_ends_with_everything_done()
    {
        using TinyPolicy policy = Samples.Policy();
        Reports reports = new();
        LocalSampler sampler = new(policy, new LocalSamplerOptions
        {
            MostRows = 6, Progress = reports, ProgressInterval = TimeSpan.Zero,
        });
        await sampler.DrawAsync(Samples.Mixed, Options);

        SamplingProgress last = reports.All[^1];
        Assert.Equal(
            (4, 4, 12, 0, 72L),
            (last.CompletedPrompts, last.PromptCount, last.CompletedRows, last.ActiveRows, last.TokenCount));
        Assert.True(last.TokensPerSecond > 0);

        // Twelve completions in six slots: twelve steps, and a report at the end.
        Assert.Equal(13, reports.All.Count);
        Assert.Equal((0, 6, 6L), (reports.All[0].CompletedRows, reports.All[0].ActiveRows, reports.All[0].TokenCount));
        Assert.Equal(reports.All.OrderBy(report => report.TokenCount), reports.All);
    }

    [Fact]
    public async Task The_meter_counts_tokens_rows_and_seconds()
    {
        using TinyPolicy policy = Samples.Policy();
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

        // Tests run beside each other and share the meter: only what this test's own flow records counts.
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
        await new LocalSampler(policy).DrawAsync(Samples.Mixed, Options);

        Assert.Equal(72, sums["medr1.sampling.tokens"]);
        Assert.Equal(12, sums["medr1.sampling.rows"]);
        Assert.Equal(1, sums["medr1.sampling.occupancy"]);
        Assert.True(sums["medr1.sampling.duration"] > 0);
    }

    private sealed class Reports : IProgress<SamplingProgress>
    {
        public List<SamplingProgress> All { get; } = [];

        public void Report(SamplingProgress value) => All.Add(value);
    }
}
