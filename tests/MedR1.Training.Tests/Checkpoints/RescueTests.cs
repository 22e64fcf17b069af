using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run's work is kept if something goes wrong around its checkpoints.</summary>
public sealed class RescueTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_folder_that_is_not_writable_is_noticed_before_the_first_step()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        List<long> reported = [];
        using TinyPolicy policy = TestData.Policy();
        CheckpointException exception = await Assert.ThrowsAsync<CheckpointException>(
            () => Runs.Small(policy, options => options.OutputFolder = file).AddObserver(new Steps(reported)).RunAsync());

        Assert.StartsWith($"No checkpoint can be written to '{file}'", exception.Message);
        Assert.Empty(reported);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_step_whose_evaluation_or_observer_fails_is_saved(bool isEvaluation)
    {
        bool isBroken = true;
        void Break()
        {
            if (isBroken)
            {
                throw new FormatException("broken");
            }
        }

        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Small(policy, options =>
            {
                options.OutputFolder = _folder;
                options.EvaluationInterval = 3;
                options.BestMetric = "eval/score";
            })
            .AddEvaluation("score", (context, _) =>
            {
                if (isEvaluation)
                {
                    Break();
                }

                return ValueTask.FromResult(-(double)context.Step);
            })
            .AddObserver(new Steps([], step =>
            {
                if (!isEvaluation && step == 3)
                {
                    Break();
                }
            }))
            .Build();

        await Assert.ThrowsAsync<FormatException>(() => trainer.RunAsync());
        float[][] atFailure = TestData.Weights(policy);
        using (TinyPolicy saved = TestData.Policy())
        {
            using GrpoTrainer other = Runs.Small(saved, _ => { }).ResumeFrom(_folder).Build();
            Assert.Equal(atFailure, TestData.Weights(saved));
        }

        isBroken = false;
        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(8, report.Steps);
        Assert.Equal(-3, report.BestValue);
        Assert.Equal("step-000003", File.ReadAllText(Path.Combine(_folder, "best")));
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    public async Task A_run_resumed_from_a_saved_failure_repeats_the_evaluation_that_failed(long failing)
    {
        bool isBroken = true;
        List<long> reported = [];
        using TinyPolicy first = TestData.Policy();
        await Assert.ThrowsAsync<FormatException>(() => Builder(first).RunAsync());
        Assert.Equal(failing - 1, reported.Count);
        isBroken = false;

        using TinyPolicy second = TestData.Policy();
        TrainingReport report = await Builder(second).ResumeFrom(_folder).RunAsync();

        Assert.Equal(Enumerable.Range(1, 8).Select(step => (long)step), reported);
        Assert.Equal(failing, report.History[0].Step);
        Assert.Equal(1, report.History[0].Values["eval/score"]);
        Assert.Equal(1, report.BestValue);
        Assert.Equal(Path.Combine(_folder, $"step-00000{failing}"), report.BestCheckpoint);
        Assert.Equal($"step-00000{failing}", File.ReadAllText(Path.Combine(_folder, "best")));

        GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(policy, options =>
            {
                options.OutputFolder = _folder;
                options.EvaluationInterval = 4;
                options.BestMetric = "eval/score";
            })
            .AddObserver(new Steps(reported))
            .AddEvaluation("score", (context, _) => context.Step == failing && isBroken
                ? throw new FormatException("broken") : ValueTask.FromResult(context.Step == failing ? 1.0 : 0));
    }

    [Fact]
    public async Task A_saved_failure_is_saved_again_once_its_step_is_complete()
    {
        int evaluations = 0;
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Builder(policy).Build();
        await Assert.ThrowsAsync<FormatException>(() => trainer.RunAsync());
        await trainer.RunAsync();

        // A run resumed from the last step has nothing left to do.
        using TinyPolicy again = TestData.Policy();
        TrainingReport report = await Builder(again).ResumeFrom(_folder).RunAsync();
        Assert.Equal((8, 0, 2), (report.Steps, report.History.Count, evaluations));

        GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(policy, options => options.OutputFolder = _folder)
            .AddEvaluation("score", (_, _) => ++evaluations == 1 ? throw new FormatException("broken") : ValueTask.FromResult(1.0));
    }

    [Fact]
    public async Task Intervals_count_from_the_start_regardless_of_checkpoints_in_between()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options =>
        {
            options.OutputFolder = _folder;
            (options.SaveInterval, options.KeepInterval, options.KeepLast) = (2, 4, 1);
            options.EvaluationInterval = 1;
            options.BestMetric = "eval/score";
        }).AddEvaluation("score", (context, _) => ValueTask.FromResult(context.Step == 3 ? 1.0 : 0)).RunAsync();

        // The best, the multiple of 4, and the last, which is a multiple too.
        Assert.Equal(["step-000003", "step-000004", "step-000008"], Saved());
    }

    [Fact]
    public async Task Checkpoints_of_another_attempt_are_not_counted_among_the_last()
    {
        using (TinyPolicy policy = TestData.Policy())
        {
            await Runs.Small(policy, options => (options.OutputFolder, options.SaveInterval) = (_folder, 1)).RunAsync();
        }

        // Back at step 2, checkpoints 3 to 8 belong to the other attempt until they are overwritten.
        using TinyPolicy again = TestData.Policy();
        await Runs.Small(again, options =>
        {
            (options.OutputFolder, options.SaveInterval, options.KeepLast, options.MaxSteps) = (_folder, 2, 2, 6);
        }).ResumeFrom(Path.Combine(_folder, "step-000002")).AllowChangedSettings("MaxSteps").RunAsync();

        Assert.Equal(["step-000003", "step-000004", "step-000005", "step-000006", "step-000007", "step-000008"], Saved());
    }

    [Fact]
    public void Searching_for_a_checkpoint_deletes_nothing()
    {
        string half = Path.Combine(_folder, ".step-000005.0123456789abcdef0123456789abcdef.tmp");
        Directory.CreateDirectory(half);
        using TinyPolicy policy = TestData.Policy();
        Assert.Throws<CheckpointException>(() => Runs.Small(policy, _ => { }).ResumeFrom(_folder).Build());

        // Another process may be writing it.
        Assert.True(Directory.Exists(half));
    }

    [Fact]
    public async Task Partial_files_of_a_killed_run_are_deleted_with_the_first_checkpoint_of_the_next()
    {
        string[] left = [.. new[] { ".probe", "latest", "best" }.Select(name => $"{name}.{Guid.NewGuid():N}.tmp")];
        foreach (string name in left)
        {
            File.WriteAllText(Path.Combine(_folder, name), "");
        }

        File.WriteAllText(Path.Combine(_folder, "notes.tmp"), "a user's own");
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => (options.OutputFolder, options.MaxSteps) = (_folder, 1)).RunAsync();

        Assert.Equal(
            ["latest", "notes.tmp", "step-000001"],
            Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Different_rewards_and_sampling_options_are_refused()
    {
        using TinyPolicy policy = TestData.Policy();
        await Runs.Small(policy, options => (options.OutputFolder, options.MaxSteps) = (_folder, 1)).RunAsync();
        using TinyPolicy next = TestData.Policy();
        CheckpointException exception = Assert.Throws<CheckpointException>(
            () => Runs.Small(next, options => options.Temperature = 0.5).AddReward("more", _ => 1, weight: 0.5)
                .ResumeFrom(_folder).Build());

        Assert.Contains("rewards was small × 1 and is small × 1, more × 0.5", exception.Message);
        Assert.Contains("temperature 1, ", exception.Message);
        Assert.DoesNotContain("To resume, load the policy with the weights", exception.Message);

        // With the weights of the checkpoint, as one goes on elsewhere.
        Assert.Contains("load the policy with the weights that the run was started with, not from the checkpoint", Assert.Throws<CheckpointException>(
            () => Runs.Small(policy, _ => { }).ResumeFrom(_folder).Build()).Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private IEnumerable<string?> Saved() =>
        Directory.GetDirectories(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    private sealed class Steps(List<long> reported, Action<long>? act = null) : ITrainingObserver
    {
        public void OnStep(StepMetrics metrics)
        {
            reported.Add(metrics.Step);
            act?.Invoke(metrics.Step);
        }
    }
}
