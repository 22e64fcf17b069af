using MedR1.Modeling;
using MedR1.Testing;
using TorchSharp.Modules;

namespace MedR1.Training.Tests;

/// <summary>The work at the end of a step is done exactly once, even if a run was stopped in the middle of it.</summary>
public sealed class EndOfStepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_run_stopped_in_its_last_evaluation_repeats_it_and_saves()
    {
        int evaluations = 0;
        List<long> reported = [];
        using CancellationTokenSource source = new();
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, options =>
            {
                options.OutputFolder = _folder;
                options.BestMetric = "eval/score";
            })
            .AddEvaluation("score", (context, token) =>
            {
                if (++evaluations == 1)
                {
                    source.Cancel();
                    token.ThrowIfCancellationRequested();
                }

                return ValueTask.FromResult((double)context.Step);
            })
            .AddObserver(new StepObserver(reported))
            .Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        Assert.Empty(Directory.GetDirectories(_folder));
        Assert.Equal(7, reported.Count);
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(8, report.Steps);
        Assert.Equal(8.0, report.LastMetrics["eval/score"]);
        Assert.Equal(Path.Combine(_folder, "step-000008"), report.LastCheckpoint);
        Assert.Equal(report.LastCheckpoint, report.BestCheckpoint);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], reported);

        await trainer.RunAsync();
        Assert.Equal((2, 8), (evaluations, reported.Count));
    }

    [Fact]
    public async Task The_best_checkpoint_of_another_folder_is_not_named_in_this_one()
    {
        double[] measured = [3, 9, 5, 1, 2, 4, 4, 4];
        string other = Path.Combine(_folder, "other");
        GrpoTrainerBuilder Builder(TinyPolicy policy, string output) => Runs.Small(policy, options =>
        {
            options.OutputFolder = output;
            options.SaveInterval = 1;
            options.EvaluationInterval = 1;
            options.BestMetric = "eval/score";
        }).AddEvaluation("score", (context, _) => ValueTask.FromResult(measured[context.Step - 1]));

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Builder(first, Path.Combine(_folder, "one")).AddObserver(new Stop(4, source)).RunAsync(source.Token));
        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Builder(second, other).ResumeFrom(Path.Combine(_folder, "one")).RunAsync();

        Assert.Equal(9, report.BestValue);
        Assert.Null(report.BestCheckpoint);
        Assert.False(File.Exists(Path.Combine(other, "best")));
        Assert.Equal("step-000008", File.ReadAllText(Path.Combine(other, "latest")));
    }

    [Theory]
    [InlineData("grpo")]
    [InlineData("ppo")]
    [InlineData("sft")]
    public void A_trainer_that_cannot_be_built_leaves_the_policy_unchanged(string kind)
    {
        using TinyPolicy policy = TestData.Policy();
        string missing = Path.Combine(_folder, "nothing");
        bool IsFrozen(string name) => name == policy.Parameters[0].Key;

        Assert.Throws<CheckpointException>(() => kind switch
        {
            "grpo" => Runs.Small(policy, options => options.IsFrozen = IsFrozen).ResumeFrom(missing).Build(),
            "ppo" => PpoRuns.Small(policy, options => options.IsFrozen = IsFrozen).ResumeFrom(missing).Build(),
            _ => (IDisposable)new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4))
                .Configure(options => options.IsFrozen = IsFrozen).ResumeFrom(missing).Build(),
        });
        Assert.ThrowsAny<Exception>(() => Runs.Small(policy, options =>
        {
            options.IsFrozen = IsFrozen;
            options.LearningRateOf = _ => double.NaN;
        }).Build());

        Assert.All(policy.Parameters, (KeyValuePair<string, Parameter> pair) => Assert.True(pair.Value.requires_grad));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private sealed class StepObserver(List<long> reported) : ITrainingObserver
    {
        public void OnStep(StepMetrics metrics) => reported.Add(metrics.Step);
    }

    private sealed class Stop(long step, CancellationTokenSource source) : ITrainingObserver
    {
        public void OnCheckpoint(long saved, string folder)
        {
            if (saved == step)
            {
                source.Cancel();
            }
        }
    }
}
