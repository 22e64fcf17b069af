using MedR1.Testing;

namespace MedR1.Training.Plots.Tests;

public sealed class CurvePlotSinkTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task Curves_of_a_resumed_run_begin_at_its_first_step()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        string whole = Path.Combine(_folder, "whole.png"), resumed = Path.Combine(_folder, "resumed.png");
        CurvePlotSink uninterrupted = new(whole, interval: 4);
        using (JsonLinesSink lines = new(metrics))
        {
            // The run reached step 3 and resumes from a checkpoint of step 2: what it measured at step 3 no longer counts.
            for (int step = 1; step <= 3; step++)
            {
                await lines.WriteAsync(Step(step, step == 3 ? 9 : 1.0 / step));
            }
        }

        CurvePlotSink second = new(resumed, interval: 2, metricsFile: metrics);
        for (int step = 1; step <= 4; step++)
        {
            StepMetrics measured = Step(step, 1.0 / step);
            await uninterrupted.WriteAsync(measured);
            if (step > 2)
            {
                await second.WriteAsync(measured);
            }
        }

        Assert.Equal(File.ReadAllBytes(whole), File.ReadAllBytes(resumed));
    }

    // The first report of a new run may come as late as that of a resumed one: here at step 4, when the file has three steps.
    [Fact]
    public async Task Curves_of_a_new_run_exclude_those_of_another_wherever_its_first_report_is()
    {
        string metrics = Path.Combine(_folder, "metrics.jsonl");
        string own = Path.Combine(_folder, "own.png"), beside = Path.Combine(_folder, "beside.png");
        File.WriteAllLines(metrics, Enumerable.Range(1, 8).Select(step => $$"""{"step":{{step}},"reward":9}"""));
        using TinyPolicy policy = new(new TinyPolicyOptions { Seed = 1 });
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts([VqaPrompt.Ask("a"), VqaPrompt.Ask("bb")])
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .AddMetricSink(new CurvePlotSink(own))
            .AddMetricSink(new CurvePlotSink(beside, metricsFile: metrics))
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 8;
                options.MaxNewTokens = 6;
                options.LearningRate = 0.01;
                options.LogInterval = 4;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Empty(report.SinkFailures);
        Assert.Equal(File.ReadAllBytes(own), File.ReadAllBytes(beside));
    }

    [Fact]
    public void A_plot_that_can_not_be_written_is_refused_before_the_run()
    {
        IOException folder = Assert.Throws<IOException>(() => new CurvePlotSink(_folder));
        Assert.Equal(
            $"The plot can't be written to '{_folder}', which is a folder. Give a file, such as '{Path.Combine(_folder, "curves.png")}'.",
            folder.Message);

        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        Assert.StartsWith(
            $"The plot can't be written to '{file}/curves.png': ",
            Assert.Throws<IOException>(() => new CurvePlotSink($"{file}/curves.png")).Message, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static StepMetrics Step(long step, double loss) =>
        new(step, new Dictionary<string, double> { [TrainingMetricNames.Loss] = loss });
}
