using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class FailingSinkTests
{
    [Fact]
    public async Task A_sink_that_throws_stops_neither_the_others_nor_the_run()
    {
        Recorder recorder = new();
        MetricDispatcher dispatcher = new([new Broken(), recorder]);

        await dispatcher.WriteAsync(Measured.Step(1), default);
        await dispatcher.WriteAsync(Measured.Step(2), default);

        Assert.Equal(2, recorder.Count);
        Assert.Equal("Broken at step 1: InvalidOperationException: no more ink", Assert.Single(dispatcher.Failures));
    }

    [Fact]
    public void A_sink_that_fails_at_the_start_stops_neither_the_run_nor_the_others()
    {
        Beginning second = new(() => { });
        MetricDispatcher dispatcher = new([new Beginning(() => throw new IOException("no such disk")), second]);

        dispatcher.Begin(3);

        Assert.Equal("Beginning at step 3: IOException: no such disk", Assert.Single(dispatcher.Failures));
        Assert.Equal(3, second.Before);
    }

    // It fails while the run is being cancelled, but for another reason: the run ends as cancelled, and the failure is kept.
    [Fact]
    public async Task A_sink_that_fails_during_cancellation_does_not_replace_it_by_its_failure()
    {
        using CancellationTokenSource source = new();
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, _ => { })
            .AddMetricSink(new Torn(source)).AddMetricSink(new Cancelled(source.Token)).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));

        TrainingReport report = await trainer.RunAsync();
        Assert.Equal("Torn at step 2: IOException: the pipe is broken", Assert.Single(report.SinkFailures));
    }

    [Fact]
    public async Task A_sink_that_throws_is_named_in_the_report()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, options => options.MaxSteps = 2).AddMetricSink(new Broken()).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal("Broken at step 1: InvalidOperationException: no more ink", Assert.Single(report.SinkFailures));
    }

    private sealed class Beginning(Action begin) : IHistorySink
    {
        public long? Before { get; private set; }

        public void Begin(long stepsBefore)
        {
            begin();
            Before = stepsBefore;
        }

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
    }

    private sealed class Broken : IMetricSink
    {
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default) =>
            throw new InvalidOperationException("no more ink");
    }

    private sealed class Torn(CancellationTokenSource source) : IMetricSink
    {
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            if (metrics.Step == 2 && !source.IsCancellationRequested)
            {
                source.Cancel();
                throw new IOException("the pipe is broken");
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class Cancelled(CancellationToken own) : IMetricSink
    {
        // Only for this run's token: the second run has a different one.
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            if (cancellationToken == own)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class Recorder : IMetricSink
    {
        public int Count { get; private set; }

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            Count++;
            return ValueTask.CompletedTask;
        }
    }
}
