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
    public async Task A_run_that_went_back_takes_nothing_from_the_counter()
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
            if (tags.ToArray().Contains(KeyValuePair.Create<string, object?>("run", "that went back")))
            {
                added.Add(value);
            }
        });
        listener.Start();
        using MeterSink sink = new("that went back");

        foreach (long step in new[] { 7, 8, 3, 5 })
        {
            await sink.WriteAsync(new StepMetrics(step, new Dictionary<string, double>()));
        }

        Assert.Equal([1, 1, 0, 2], added);
    }
}
