using System.Text.Json;
using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class ResumeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData(1, 1, 2, 4)]
    [InlineData(2, 1, 2, 4)]
    [InlineData(2, 1, 1, 4)]
    [InlineData(2, 2, 3, 3)]
    [InlineData(1, 3, 2, 4)]
    [InlineData(4, 1, 3, 3)]
    public async Task A_resumed_grpo_run_equals_an_uninterrupted_one_bit_for_bit(
        int stepsPerGeneration, int iterations, int saveInterval, int savedAt)
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
        Assert.Equal(savedAt + 1, resumed.History[0].Step);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        foreach ((StepMetrics left, StepMetrics right) in straight.History.TakeLast(resumed.History.Count)
            .Zip(resumed.History))
        {
            Assert.Equal(left.Step, right.Step);
            Assert.Equal(Runs.Untimed(left), Runs.Untimed(right));
        }
    }

    [Fact]
    public async Task All_state_of_a_run_is_in_its_checkpoint()
    {
        static void Configure(GrpoTrainerOptions options)
        {
            options.StepsPerGeneration = 2;
            options.MaxPromptTokens = 8;
            options.DynamicSampling = new DynamicSamplingOptions { MaxRounds = 2 };
            options.Replay = new ReplayOptions { Capacity = 5, Reward = "parity" };
            options.ReferenceSync = new ReferenceSyncOptions { Interval = 2 };
            options.AdaptiveEntropy = new AdaptiveEntropyOptions { Target = 6 };
        }

        static GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(policy, Configure)
            .AddReward("parity", context => context.Completion.TokenIds[0] % 2);
        using TinyPolicy whole = TestData.Policy();
        TrainingReport straight = await Builder(whole).RunAsync();

        using TinyPolicy first = TestData.Policy();
        using CancellationTokenSource source = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Builder(first).Configure(options =>
        {
            options.OutputFolder = _folder;
            options.SaveInterval = 1;
        }).AddObserver(new Stopper(6, source)).RunAsync(source.Token));
        using TinyPolicy second = TestData.Policy();
        TrainingReport resumed = await Builder(second).ResumeFrom(_folder).RunAsync();

        Assert.Equal(6, resumed.History[0].Step);
        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal(straight.History.Skip(5).Select(Runs.Untimed), resumed.History.Select(Runs.Untimed));
        Assert.Contains(straight.History, metrics => metrics.Values.GetValueOrDefault("replay/fraction") > 0);
        Assert.True(straight.LastMetrics["entropy_coef"] > 0.03);
    }

    [Fact]
    public async Task A_cancelled_run_continues_where_it_stopped_without_a_checkpoint()
    {
        static void Configure(GrpoTrainerOptions options)
        {
            options.StepsPerGeneration = 2;
            options.Iterations = 2;
        }

        using TinyPolicy whole = TestData.Policy();
        await RunAsync(whole, Configure);

        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = Runs.Small(policy, Configure).AddObserver(new Stopper(5, source)).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        TrainingReport rest = await trainer.RunAsync();

        Assert.Equal([6L, 7L, 8L], rest.History.Select(metrics => metrics.Step));
        Assert.Equal(TestData.Weights(whole), TestData.Weights(policy));
    }

    [Fact]
    public async Task A_step_cancelled_between_two_passes_is_repeated_without_the_gradient_of_the_first()
    {
        using TinyPolicy whole = TestData.Policy(), policy = TestData.Policy();
        await Builder(whole).RunAsync();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = Builder(policy)
            .AddObserver(new GradientRecorder(policy) { MicroStep = pass => CancelIn(pass.Step, pass.MicroStep) }).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        Assert.Equal(3, (await trainer.RunAsync()).History[0].Step);

        Assert.Equal(TestData.Weights(whole), TestData.Weights(policy));

        void CancelIn(long step, int microStep)
        {
            if ((step, microStep) == (3, 0))
            {
                source.Cancel();
            }
        }

        static GrpoTrainerBuilder Builder(TinyPolicy policy) => Runs.Small(policy, options => options.PromptsPerMicroBatch = 1);
    }

    [Fact]
    public async Task A_supervised_step_cancelled_between_two_passes_is_repeated_too()
    {
        using TinyPolicy whole = TestData.Policy(), policy = TestData.Policy();
        using SftTrainer straight = Builder(whole).Build();
        await straight.RunAsync();
        using CancellationTokenSource source = new();
        using SftTrainer trainer = Builder(policy).AddObserver(new AtPass(2, 0, source.Cancel)).Build();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        Assert.Equal(2, (await trainer.RunAsync()).History[0].Step);

        Assert.Equal(TestData.Weights(whole), TestData.Weights(policy));

        static SftTrainerBuilder Builder(TinyPolicy policy) => new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4)).Configure(
            options => (options.ExamplesPerStep, options.ExamplesPerMicroBatch, options.MaxSteps, options.LearningRate) = (4, 2, 3, 0.01));
    }

    [Fact]
    public async Task A_checkpoint_within_a_rollout_contains_it_exactly()
    {
        using TinyPolicy policy = TestData.Policy();
        RolloutList rollouts = [];
        using (GrpoTrainer trainer = Runs.Small(policy, options =>
        {
            options.StepsPerGeneration = 2;
            options.MaxSteps = 1;
            options.OutputFolder = _folder;
        }).AddObserver(rollouts).Build())
        {
            await trainer.RunAsync();
        }

        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(_folder, "step-000001", "rollout.json")));
        JsonElement[] groups = [.. document.RootElement.GetProperty("groups").EnumerateArray()];
        Rollout rollout = Assert.Single(rollouts);
        Assert.Equal(4, groups.Length);
        for (int group = 0; group < groups.Length; group++)
        {
            JsonElement[] completions = [.. groups[group].GetProperty("completions").EnumerateArray()];
            for (int sample = 0; sample < completions.Length; sample++)
            {
                Assert.Equal(
                    rollout.Groups[group].Completions[sample].TokenIds,
                    completions[sample].GetProperty("tokenIds").EnumerateArray().Select(id => id.GetInt32()));
                Assert.Equal(
                    rollout.Advantages[group][sample], completions[sample].GetProperty("advantage").GetDouble());
                Assert.Equal(
                    rollout.Groups[group].Scores![sample].Total, completions[sample].GetProperty("reward").GetDouble());
                Assert.Equal(
                    rollout.OldLogProbabilities![group][sample],
                    completions[sample].GetProperty("oldLogProbabilities").EnumerateArray()
                        .Select(value => value.GetSingle()));
            }
        }
    }

    [Fact]
    public async Task A_resumed_supervised_run_equals_an_uninterrupted_one_bit_for_bit()
    {
        static SftTrainerBuilder Builder(TinyPolicy policy) =>
            new SftTrainerBuilder(policy).UseExamples(TestData.Examples(7)).Configure(options =>
        {
            options.ExamplesPerStep = 4;
            options.ExamplesPerMicroBatch = 3;
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

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<TrainingReport> RunAsync(
        IVisionLanguagePolicy policy, Action<GrpoTrainerOptions> configure, string? resumeFrom = null,
        int? stopAfter = null,
        CancellationTokenSource? source = null)
    {
        GrpoTrainerBuilder builder = Runs.Small(policy, configure).AddObserver(new Stopper(stopAfter, source));
        using GrpoTrainer trainer = (resumeFrom is null ? builder : builder.ResumeFrom(resumeFrom)).Build();
        return await trainer.RunAsync(source?.Token ?? default);
    }

    private sealed class Stopper(int? after, CancellationTokenSource? source) : IRolloutObserver
    {
        public void OnStep(StepMetrics metrics)
        {
            if (metrics.Step == after)
            {
                source!.Cancel();
            }
        }
    }

    private sealed class AtPass(long step, int microStep, Action action) : ISftObserver
    {
        public void OnMicroStep(long ofStep, int pass, TorchSharp.torch.Tensor logProbabilities)
        {
            if ((ofStep, pass) == (step, microStep))
            {
                action();
            }
        }
    }
}
