using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 1, 2)]
    [InlineData(2, 2, 3)]
    public async Task A_resumed_grpo_run_equals_an_uninterrupted_one_bit_for_bit(
        int stepsPerGeneration, int iterations, int saveInterval)
    {
        void Configure(GrpoTrainerOptions options)
        {
            options.StepsPerGeneration = stepsPerGeneration;
            options.Iterations = iterations;
        }

        using TinyPolicy whole = TestData.Policy();
        TrainingReport straight = await RunAsync(whole, Configure);

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            first,
            options =>
            {
                Configure(options);
                options.OutputFolder = _folder;
                options.SaveInterval = saveInterval;
            },
            stopAfter: 5,
            source: source));
        using TinyPolicy second = TestData.Policy();
        TrainingReport resumed = await RunAsync(second, Configure, resumeFrom: _folder);

        Assert.Equal(8, resumed.Steps);
        Assert.InRange(resumed.History.Count, 3, 6);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        foreach ((StepMetrics left, StepMetrics right) in straight.History.TakeLast(resumed.History.Count)
            .Zip(resumed.History))
        {
            Assert.Equal(left.Step, right.Step);
            Assert.Equal(Untimed(left), Untimed(right));
        }
    }

    [Fact]
    public async Task A_resumed_supervised_run_equals_an_uninterrupted_one_bit_for_bit()
    {
        static SftTrainerBuilder Builder(TinyPolicy policy) =>
            new SftTrainerBuilder(policy).UseExamples(TestData.Examples(7)).Configure(options =>
        {
            options.ExamplesPerStep = 4;
            options.ExamplesPerMicroStep = 3;
            options.MaxSteps = 6;
            options.LearningRate = 0.01;
            options.WeightDecay = 0.1;
        });
        using TinyPolicy whole = TestData.Policy();
        using (SftTrainer trainer = Builder(whole).Build())
        {
            await trainer.RunAsync();
        }

        using TinyPolicy first = TestData.Policy();
        using (SftTrainer trainer = Builder(first).Configure(options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 2;
        }).Build())
        {
            await trainer.RunAsync();
        }

        using TinyPolicy second = TestData.Policy(seed: 9);
        using (SftTrainer trainer = Builder(second).ResumeFrom(Path.Combine(_folder, "step-000004")).Build())
        {
            TrainingReport report = await trainer.RunAsync();
            Assert.Equal([5L, 6L], report.History.Select(metrics => metrics.Step));
        }

        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal("step-000006", File.ReadAllText(Path.Combine(_folder, "latest")));
    }

    [Fact]
    public async Task A_full_disk_while_saving_leaves_nothing_half_written_and_earlier_checkpoints_whole()
    {
        using TinyPolicy policy = TestData.Policy();
        using FullDiskPolicy full = new(policy, failAt: 2);

        CheckpointException exception = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(full, options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        }));

        Assert.Contains("step-000002", exception.Message);
        Assert.Contains("No space left on device", exception.Message);
        Assert.Contains("ResumeFrom", exception.Message);
        Assert.Equal(["latest", "step-000001"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName)
            .Order());
        Assert.Equal("step-000001", File.ReadAllText(Path.Combine(_folder, "latest")));
        using TinyPolicy next = TestData.Policy();
        Assert.Equal(8, (await RunAsync(next, _ => { }, resumeFrom: _folder)).Steps);
    }

    [Fact]
    public async Task A_checkpoint_of_another_run_is_refused_with_every_difference()
    {
        using TinyPolicy policy = TestData.Policy();
        await RunAsync(policy, options =>
        {
            options.OutputFolder = _folder;
            options.MaxSteps = 1;
        });

        CheckpointException exception = await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(
            policy,
            options =>
            {
                options.Seed = 1;
                options.GroupSize = 2;
            },
            resumeFrom: _folder));

        Assert.Contains("Seed was 42 and is 1", exception.Message);
        Assert.Contains("GroupSize was 4 and is 2", exception.Message);
        // The policy has moved, so its clone would be another reference than the first part of the run had.
        Assert.Contains("weights that the policy was built with", exception.Message);
    }

    [Fact]
    public void A_folder_without_a_checkpoint_is_refused()
    {
        using TinyPolicy policy = TestData.Policy();

        CheckpointException exception = Assert.Throws<CheckpointException>(() =>
            new SftTrainerBuilder(policy).UseExamples(TestData.Examples(2)).ResumeFrom(_folder).Build());

        Assert.Contains("is no checkpoint", exception.Message);
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_refused()
    {
        using TinyPolicy policy = TestData.Policy();
        await RunAsync(policy, options =>
        {
            options.OutputFolder = _folder;
            options.MaxSteps = 1;
        });
        string tensors = Path.Combine(_folder, "step-000001", "trainer.safetensors");
        File.WriteAllBytes(tensors, File.ReadAllBytes(tensors)[..^10]);
        using TinyPolicy next = TestData.Policy();

        await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(next, _ => { }, resumeFrom: _folder));

        File.WriteAllText(Path.Combine(_folder, "step-000001", "trainer.json"), "{");
        await Assert.ThrowsAsync<CheckpointException>(() => RunAsync(next, _ => { }, resumeFrom: _folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<TrainingReport> RunAsync(
        IVisionLanguagePolicy policy, Action<GrpoTrainerOptions> configure, string? resumeFrom = null,
        int? stopAfter = null,
        CancellationTokenSource? source = null)
    {
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(5))
            .UseLoss(new GrpoLoss(GrpoLossOptions.MedR1))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .AddObserver(new Stopper(stopAfter, source))
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 8;
                options.MaxNewTokens = 6;
                options.LearningRate = 0.01;
            })
            .Configure(configure);
        using GrpoTrainer trainer = (resumeFrom is null ? builder : builder.ResumeFrom(resumeFrom)).Build();
        return await trainer.RunAsync(source?.Token ?? default);
    }

    private static Dictionary<string, double> Untimed(StepMetrics metrics) => metrics.Values
        .Where(pair => !pair.Key.StartsWith("time/", StringComparison.Ordinal)
            && pair.Key is not ("step_time" or "tokens_per_second"))
        .ToDictionary();

    private sealed class Stopper(int? after, CancellationTokenSource? source) : IGrpoObserver
    {
        public void OnStep(StepMetrics metrics)
        {
            if (metrics.Step == after)
            {
                source!.Cancel();
            }
        }
    }
}
