using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Sinks that get only some steps miss no metric that is measured only now and then.</summary>
public sealed class LogIntervalTests
{
    [Fact]
    public async Task A_report_holds_what_was_sampled_since_the_last_one()
    {
        Recorder sink = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
        {
            // Steps 1, 3, 5 and 7 sample.
            options.Iterations = 2;
            options.LogInterval = 4;
        }).AddMetricSink(sink).RunAsync();

        Assert.Equal([4, 8], sink.Select(metrics => metrics.Step));
        Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), report.History.Select(metrics => metrics.Step));
        foreach ((StepMetrics metrics, int rollout) in sink.Zip([2, 6]))
        {
            Assert.Equal(report.History[rollout].Values["reward"], metrics.Values["reward"]);
            Assert.Equal(report.History[(int)metrics.Step - 1].Values["loss"], metrics.Values["loss"]);
        }
    }

    [Fact]
    public async Task A_step_with_an_evaluation_is_always_reported()
    {
        Recorder sink = new();
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options =>
        {
            options.LogInterval = 5;
            options.EvaluationInterval = 3;
        }).AddMetricSink(sink).AddEvaluation("step", (context, _) => ValueTask.FromResult((double)context.Step)).RunAsync();

        Assert.Equal([3, 5, 6, 8], sink.Select(metrics => metrics.Step));
        Assert.Equal(
            [3.0, null, 6.0, 8.0],
            sink.Select(metrics => metrics.Values.TryGetValue("eval/step", out double value) ? value : (double?)null));
    }

    [Theory]
    [InlineData(null, 5L, 8L)]
    [InlineData(3L, 3L)]
    public async Task The_last_step_is_always_reported_also_of_a_run_that_ends_early(long? end, params long[] reported)
    {
        Recorder sink = new();
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => options.LogInterval = 5).StopWhen(metrics => metrics.Step == end).AddMetricSink(sink).RunAsync();

        Assert.Equal(reported, sink.Select(metrics => metrics.Step));
    }

    [Fact]
    public async Task A_report_of_a_resumed_run_holds_what_was_sampled_before_too()
    {
        string folder = Directory.CreateTempSubdirectory("medr1-").FullName;
        try
        {
            Recorder whole = new(), rest = new();
            using TinyPolicy policy = TestData.Policy();
            await Builder(policy, whole).RunAsync();
            using TinyPolicy first = TestData.Policy();
            await Builder(first, new Recorder()).Configure(options => (options.OutputFolder, options.SaveInterval) = (folder, 6))
                .RunAsync();
            using TinyPolicy second = TestData.Policy();
            await Builder(second, rest).ResumeFrom(Path.Combine(folder, "step-000006")).RunAsync();

            // From the rollout before step 5.
            Assert.Equal(Runs.Untimed(whole[^1]), Runs.Untimed(Assert.Single(rest)));
            Assert.True(rest[0].Values.ContainsKey("reward"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static GrpoTrainerBuilder Builder(TinyPolicy policy, Recorder sink) => Runs.Small(policy, options =>
        {
            options.Iterations = 4;
            options.LogInterval = 8;
        }).AddMetricSink(sink);
    }

    [Fact]
    public async Task A_cancelled_report_is_written_completely_when_the_run_continues()
    {
        using CancellationTokenSource source = new();
        Recorder whole = new(), stopped = new() { BeforeWriting = source.Cancel };
        using TinyPolicy policy = TestData.Policy();
        await Builder(policy, whole).RunAsync();
        using TinyPolicy again = TestData.Policy();
        using GrpoTrainer trainer = Builder(again, stopped).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        Assert.Empty(stopped);
        stopped.BeforeWriting = null;
        await trainer.RunAsync();

        // From the rollout before step 1.
        Assert.Equal(whole.Select(Runs.Untimed), stopped.Select(Runs.Untimed));
        Assert.True(stopped[0].Values.ContainsKey("reward"));

        static GrpoTrainerBuilder Builder(TinyPolicy policy, Recorder sink) => Runs.Small(policy, options =>
        {
            options.Iterations = 4;
            options.LogInterval = 4;
        }).AddMetricSink(sink);
    }

    private sealed class Recorder : List<StepMetrics>, IMetricSink
    {
        public Action? BeforeWriting { get; set; }

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            BeforeWriting?.Invoke();
            cancellationToken.ThrowIfCancellationRequested();
            Add(metrics);
            return ValueTask.CompletedTask;
        }
    }
}
