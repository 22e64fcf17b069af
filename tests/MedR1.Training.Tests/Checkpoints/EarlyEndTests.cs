using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Runs that end before their last step because a condition holds or nothing improves any more.</summary>
public sealed class EarlyEndTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_condition_ends_the_run_like_its_last_step()
    {
        Recorder recorder = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
            {
                options.OutputFolder = _folder;
                options.LogInterval = 5;
                options.BestMetric = "eval/step";
            })
            .AddEvaluation("step", (context, _) => ValueTask.FromResult((double)context.Step))
            .AddObserver(recorder).AddMetricSink(recorder)
            .StopWhen(metrics => metrics.Values["learning_rate"] < 0)
            .StopWhen(metrics => metrics.Step == 3)
            .RunAsync();

        Assert.True(report.HasEndedEarly);
        Assert.StartsWith("3 steps, ended early, ", report.ToString());
        Assert.Equal([1, 2, 3], report.History.Select(metrics => metrics.Step));
        Assert.Equal(3, report.LastMetrics["eval/step"]);
        Assert.Equal(Path.Combine(_folder, "step-000003"), report.LastCheckpoint);
        Assert.Equal(report.LastCheckpoint, report.BestCheckpoint);
        Assert.EndsWith($"best value: 3, {report.BestCheckpoint}", report.ToString());
        Assert.Equal(["step 1", "step 2", "written 3", "step 3", "saved 3", "end", "stop"], recorder.Calls);
    }

    [Theory]
    [InlineData("grpo")]
    [InlineData("ppo")]
    [InlineData("sft")]
    public async Task A_run_that_a_condition_ended_continues_like_an_uninterrupted_one(string kind)
    {
        // Step 3 is in the middle of a rollout of GRPO and PPO.
        using TinyPolicy whole = TestData.Policy();
        Assert.Equal((6, false), await RunAsync(kind, whole, null, resumes: false));
        using TinyPolicy first = TestData.Policy();
        Assert.Equal((3, true), await RunAsync(kind, first, 3, resumes: false));
        using TinyPolicy second = TestData.Policy();
        Assert.Equal((6, false), await RunAsync(kind, second, null, resumes: true));

        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
    }

    [Fact]
    public async Task The_same_trainer_continues_too()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, _ => { }).StopWhen(metrics => metrics.Step == 2).Build();

        Assert.True((await trainer.RunAsync()).HasEndedEarly);
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal((8, false), (report.Steps, report.HasEndedEarly));
    }

    [Fact]
    public async Task Patience_counts_the_values_since_the_best_across_a_break()
    {
        // The best is at step 2; NaN is not a value; steps 3, 5 and 6 are no new best, an equal one neither.
        double[] measured = [1, 5, 5, double.NaN, 4, 3, 9, 9];
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Patient(first, 3).AddObserver(new Breaking(4)).RunAsync());
        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Patient(second, 3).AddObserver(new Breaking(9)).ResumeFrom(_folder).RunAsync();

        Assert.Equal((6, true), (report.Steps, report.HasEndedEarly));
        Assert.Equal(Path.Combine(_folder, "step-000006"), report.LastCheckpoint);
        Assert.Equal("step-000002", Path.GetFileName(report.BestCheckpoint));

        // Nothing has changed, so it makes no further step; with more patience it does, and then finds a new best.
        using TinyPolicy third = TestData.Policy();
        report = await Patient(third, 3).AddObserver(new Breaking(9)).ResumeFrom(_folder).RunAsync();
        Assert.Equal((6, true, 0), (report.Steps, report.HasEndedEarly, report.History.Count));
        using TinyPolicy fourth = TestData.Policy();
        report = await Patient(fourth, 4).AddObserver(new Breaking(9)).ResumeFrom(_folder).RunAsync();
        Assert.Equal((8, false), (report.Steps, report.HasEndedEarly));
        Assert.Equal("step-000007", Path.GetFileName(report.BestCheckpoint));

        GrpoTrainerBuilder Patient(TinyPolicy policy, int patience) => Runs.Small(policy, options =>
        {
            options.OutputFolder = _folder;
            options.EvaluationInterval = 1;
            options.BestMetric = "eval/score";
            options.Patience = patience;
        }).AddEvaluation("score", (context, _) => ValueTask.FromResult(measured[context.Step - 1]));
    }

    [Fact]
    public async Task A_run_whose_patience_ends_with_its_last_step_has_not_ended_early()
    {
        // The best of eight steps is the sixth.
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, options =>
        {
            (options.OutputFolder, options.EvaluationInterval) = (_folder, 1);
            (options.BestMetric, options.Patience) = ("eval/score", 2);
        }).AddEvaluation("score", (context, _) => ValueTask.FromResult(context.Step <= 6 ? context.Step : 0.0)).Build();
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal((8, false, 6.0), (report.Steps, report.HasEndedEarly, report.BestValue));
        Assert.False((await trainer.RunAsync()).HasEndedEarly);
    }

    [Fact]
    public async Task A_metric_of_the_steps_needs_patience_for_steps_and_the_last_one_is_evaluated()
    {
        // The learning rate falls linearly from the first step on, which is then the best.
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options =>
            (options.OutputFolder, options.BestMetric, options.Patience) = (_folder, "learning_rate", 2))
            .AddEvaluation("step", (context, _) => ValueTask.FromResult((double)context.Step)).RunAsync();

        Assert.Equal((3, 3.0), (report.Steps, report.LastMetrics["eval/step"]));
        Assert.Equal("step-000001", Path.GetFileName(report.BestCheckpoint));
    }

    [Fact]
    public async Task A_condition_is_asked_once_about_a_step_whose_end_is_repeated()
    {
        List<long> asked = [];
        bool isBroken = true;
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, _ => { })
            .AddEvaluation("score", (_, _) => isBroken ? throw new FormatException("broken") : ValueTask.FromResult(1.0))
            .StopWhen(metrics =>
            {
                asked.Add(metrics.Step);
                return metrics.Step == 2;
            })
            .Build();

        await Assert.ThrowsAsync<FormatException>(() => trainer.RunAsync());
        isBroken = false;
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal((2, true, 1.0), (report.Steps, report.HasEndedEarly, report.LastMetrics["eval/score"]));
        Assert.Equal([1, 2], asked);
    }

    [Fact]
    public async Task A_condition_that_throws_fails_the_step_after_which_it_was_asked()
    {
        using TinyPolicy policy = TestData.Policy();
        FormatException exception = await Assert.ThrowsAsync<FormatException>(
            () => Runs.Small(policy, options => options.OutputFolder = _folder)
                .StopWhen(metrics => metrics.Step == 2 ? throw new FormatException("no") : false).RunAsync());

        Assert.Equal((2, Path.Combine(_folder, "step-000002")), (TrainingFailure.Of(exception)!.Step, TrainingFailure.Of(exception)!.Checkpoint));
    }

    [Theory]
    [InlineData(0, "eval/score", "Patience is 0")]
    [InlineData(2, null, "Patience 2 needs a metric")]
    [InlineData(3, "eval/score", "EvaluationInterval is 0, but Patience 3 needs evaluations before the last step")]
    public void Patience_needs_a_metric_and_at_least_one_value_before_the_end(int patience, string? metric, string error)
    {
        using TinyPolicy policy = TestData.Policy();
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(() => Runs.Small(policy, options =>
                (options.Patience, options.BestMetric, options.OutputFolder) = (patience, metric, _folder))
            .AddEvaluation("score", (_, _) => ValueTask.FromResult(1.0)).Build());

        Assert.Contains(error, Assert.Single(exception.Errors));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(long Steps, bool HasEndedEarly)> RunAsync(string kind, TinyPolicy policy, long? end, bool resumes)
    {
        string from = Path.Combine(_folder, kind);
        bool IsOver(StepMetrics metrics) => metrics.Step == end;
        TrainingReport report;
        switch (kind)
        {
            case "grpo":
                GrpoTrainerBuilder grpo = Runs.Small(policy, options =>
                    (options.MaxSteps, options.OutputFolder, options.Iterations) = (6, from, 2)).StopWhen(IsOver);
                using (GrpoTrainer trainer = (resumes ? grpo.ResumeFrom(from) : grpo).Build())
                {
                    report = await trainer.RunAsync();
                }

                break;
            case "ppo":
                PpoTrainerBuilder ppo = PpoRuns.Small(policy, options =>
                    (options.MaxSteps, options.OutputFolder, options.Iterations) = (6, from, 2)).StopWhen(IsOver);
                using (PpoTrainer trainer = (resumes ? ppo.ResumeFrom(from) : ppo).Build())
                {
                    report = await trainer.RunAsync();
                }

                break;
            default:
                SftTrainerBuilder sft = new SftTrainerBuilder(policy).UseExamples(TestData.Examples(8)).Configure(options =>
                    (options.MaxSteps, options.OutputFolder, options.ExamplesPerStep) = (6, from, 4)).StopWhen(IsOver);
                using (SftTrainer trainer = (resumes ? sft.ResumeFrom(from) : sft).Build())
                {
                    report = await trainer.RunAsync();
                }

                break;
        }

        return (report.Steps, report.HasEndedEarly);
    }

    private sealed class Breaking(long step) : ITrainingObserver
    {
        public void OnStep(StepMetrics metrics)
        {
            if (metrics.Step == step)
            {
                throw new FormatException("broken");
            }
        }
    }

    private sealed class Recorder : ITrainingObserver, IMetricSink
    {
        public List<string> Calls { get; } = [];

        public void OnStep(StepMetrics metrics) => Calls.Add($"step {metrics.Step}");

        public void OnCheckpoint(long step, string folder) => Calls.Add($"saved {step}");

        public void OnEnd(TrainingReport report) => Calls.Add("end");

        public void OnStop() => Calls.Add("stop");

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            Calls.Add($"written {metrics.Step}");
            return ValueTask.CompletedTask;
        }
    }
}
