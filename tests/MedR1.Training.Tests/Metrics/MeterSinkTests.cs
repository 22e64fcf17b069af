using System.Diagnostics.Metrics;

namespace MedR1.Training.Tests;

public sealed class MeterSinkTests
{
    [Fact]
    public async Task Measurements_reach_a_listener_of_the_meter()
    {
        Dictionary<string, double> measured = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == MeterSink.MeterName)
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("run", "of this test")))
            {
                measured[instrument.Name] = value;
            }
        });
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("run", "of this test")))
            {
                measured[instrument.Name] = measured.GetValueOrDefault(instrument.Name) + value;
            }
        });
        listener.Start();
        using MeterSink sink = new("of this test");

        await sink.WriteAsync(new StepMetrics(1, new Dictionary<string, double> { ["reward"] = 0.25 }));
        await sink.WriteAsync(new StepMetrics(11, new Dictionary<string, double>
        {
            ["reward"] = 0.5,
            ["rewards/accuracy/mean"] = 0.75,
            ["kl"] = double.NaN,
        }));

        Assert.Equal(
            new Dictionary<string, double>
            {
                ["medr1.training.steps"] = 11,
                ["medr1.training.reward"] = 0.5,
                ["medr1.training.rewards.accuracy.mean"] = 0.75,
            },
            measured);
    }

    [Fact]
    public async Task A_run_that_went_back_does_not_decrease_the_counter()
    {
        Assert.Equal([1, 1, 0, 2], await CountAsync("that went back", [7, 8, 3, 5]));
    }

    // With a report every 10 steps, the first report of a run covers 10 steps, wherever the run begins.
    [Theory]
    [InlineData(0, new long[] { 10, 20 }, new long[] { 10, 10 })]
    [InlineData(450, new long[] { 460, 470 }, new long[] { 10, 10 })]
    [InlineData(445, new long[] { 450, 460 }, new long[] { 5, 10 })]
    public async Task Steps_before_the_first_report_count(long stepsBefore, long[] reported, long[] added)
    {
        Assert.Equal(added, await CountAsync($"from {stepsBefore}", reported, sink => sink.Begin(stepsBefore)));
    }

    // Cancelled after step 15, and continued by the same trainer; then a run from the start with the same sink.
    [Fact]
    public async Task Steps_between_the_last_report_and_the_next_call_count_too()
    {
        using MeterSink sink = new("continued");
        sink.Begin(0);
        Assert.Equal([10], await CountAsync("continued", [10], sink));
        sink.Begin(15);
        Assert.Equal([10], await CountAsync("continued", [20], sink));
        sink.Begin(0);
        Assert.Equal([10], await CountAsync("continued", [10], sink));
    }

    private static async Task<List<long>> CountAsync(string run, long[] steps, Action<MeterSink>? begin = null)
    {
        using MeterSink sink = new(run);
        begin?.Invoke(sink);
        return await CountAsync(run, steps, sink);
    }

    private static async Task<List<long>> CountAsync(string run, long[] steps, MeterSink sink)
    {
        List<long> added = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name == "medr1.training.steps")
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("run", run)))
            {
                added.Add(value);
            }
        });
        listener.Start();
        foreach (long step in steps)
        {
            await sink.WriteAsync(new StepMetrics(step, new Dictionary<string, double>()));
        }

        return added;
    }
}
