using System.Text.Json;
using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>If a step fails before the optimizer changed anything, the previous one is saved, and the step is repeated.</summary>
public sealed class RescuedStepTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    public static TheoryData<string, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int> cases = [];
            foreach (string place in BrokenParts.Places)
            {
                cases.Add(place, 1, 1);
                cases.Add(place, 2, 1);
                cases.Add(place, 1, 3);
                cases.Add(place, 2, 2);
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_run_that_failed_within_a_step_resumes_as_if_it_had_not(string place, int stepsPerGeneration, int iterations)
    {
        (int at, long failing) = Failing(place, stepsPerGeneration * iterations);
        await CompareAsync(place, at, failing, options =>
        {
            options.StepsPerGeneration = stepsPerGeneration;
            options.Iterations = iterations;
        });
    }

    [Theory]
    [MemberData(nameof(BrokenParts.Places), MemberType = typeof(BrokenParts))]
    public async Task All_state_of_a_run_is_as_it_was_before_the_failed_step(string place)
    {
        // Dynamic sampling samples up to twice per step of a rollout.
        bool isOfStep = place.StartsWith("On", StringComparison.Ordinal) && place != nameof(IRolloutObserver.OnRollout);
        await CompareAsync(place, isOfStep ? 4 : 6, null, options =>
        {
            options.StepsPerGeneration = 2;
            options.MaxPromptTokens = 8;
            options.DynamicSampling = new DynamicSamplingOptions { MaxRounds = 2, Reward = "parity" };
            options.Replay = new ReplayOptions { Capacity = 5, Reward = "parity" };
            options.ReferenceSync = new ReferenceSyncOptions { Interval = 2 };
            options.AdaptiveEntropy = new AdaptiveEntropyOptions { Target = 6 };
            options.LogInterval = 5;
        });
    }

    [Theory]
    [InlineData(nameof(ISftObserver.OnMicroStep))]
    [InlineData(nameof(ITrainingObserver.OnGradients))]
    [InlineData("example")]
    public async Task A_supervised_run_that_failed_within_a_step_resumes_too(string place)
    {
        SftTrainerBuilder Builder(TinyPolicy policy, string broken, string folder) => new SftTrainerBuilder(policy)
            .UseExamples(TestData.Examples(7))
            .UseOrder(new BrokenOrder(broken == "example"))
            .AddObserver(new BrokenParts(broken, 4, Broken))
            .Configure(options =>
            {
                (options.ExamplesPerStep, options.ExamplesPerMicroBatch, options.MaxSteps) = (4, 3, 6);
                (options.LearningRate, options.WeightDecay) = (0.01, 0.1);
                (options.OutputFolder, options.SaveInterval) = (Path.Combine(_folder, folder), 100);
            });

        using TinyPolicy whole = TestData.Policy();
        using (SftTrainer trainer = Builder(whole, "", "whole").Build())
        {
            await trainer.RunAsync();
        }

        using TinyPolicy first = TestData.Policy();
        using SftTrainer broken = Builder(first, place, "broken").Build();
        FormatException failure = await Assert.ThrowsAsync<FormatException>(() => broken.RunAsync());
        RequireSaved(failure, 4);

        using TinyPolicy second = TestData.Policy(seed: 9);
        using SftTrainer resumed = Builder(second, "", "broken").ResumeFrom(Path.Combine(_folder, "broken")).Build();
        await resumed.RunAsync();
        RequireEqual("step-000006");
    }

    [Fact]
    public async Task The_same_trainer_repeats_the_step_with_its_measurements()
    {
        using TinyPolicy whole = TestData.Policy();
        TrainingReport straight = await Slow(whole).RunAsync();
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Slow(policy)
            .AddObserver(new BrokenParts(nameof(IRolloutObserver.OnMicroStep), 4, Broken)).Build();
        FormatException failure = await Assert.ThrowsAsync<FormatException>(() => trainer.RunAsync());
        TrainingReport rest = await trainer.RunAsync();

        Assert.Equal(
            "Step 4 failed. Nothing was saved: no OutputFolder is set.", TrainingFailure.Of(failure)!.Message);
        Assert.Equal(straight.History.Skip(3).Select(Runs.Untimed), rest.History.Select(Runs.Untimed));

        // The seconds of the rollout, which was not repeated, count towards the step as they did before the failure.
        Assert.InRange(rest.History[0].Values["time/reward"], 0.4, double.MaxValue);
        Assert.InRange(rest.History[0].Values["time/update"], 0, double.MaxValue);

        // Two prompts of four completions per step: the 25th call is the first of step 4.
        static GrpoTrainerBuilder Slow(TinyPolicy policy)
        {
            int calls = 0;
            return Runs.Small(policy, _ => { }).AddReward("slow", _ =>
            {
                Thread.Sleep(Interlocked.Increment(ref calls) == 25 ? 500 : 0);
                return 0;
            });
        }
    }

    [Fact]
    public async Task A_step_that_was_already_saved_is_not_written_again()
    {
        using TinyPolicy policy = TestData.Policy();
        FormatException failure = await Assert.ThrowsAsync<FormatException>(
            () => Builder(policy, "sampler", 4, options => options.SaveInterval = 3, "run").RunAsync());
        string saved = RequireSaved(failure, 4, "run");
        DateTime written = Directory.GetLastWriteTimeUtc(Path.Combine(saved, "model"));

        // Nor in the first step of a run resumed into another folder: it is saved in the old one.
        using TinyPolicy next = TestData.Policy();
        failure = await Assert.ThrowsAsync<FormatException>(
            () => Builder(next, "sampler", 1, _ => { }, "other").ResumeFrom(saved).RunAsync());
        Assert.Equal(saved, TrainingFailure.Of(failure)!.Checkpoint);
        Assert.Equal(written, Directory.GetLastWriteTimeUtc(Path.Combine(saved, "model")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "other")));
    }

    [Fact]
    public async Task The_first_step_has_nothing_to_save()
    {
        using TinyPolicy policy = TestData.Policy();
        FormatException failure = await Assert.ThrowsAsync<FormatException>(
            () => Builder(policy, nameof(IRolloutObserver.OnGradients), 1, _ => { }, "run").RunAsync());
        Assert.Equal(
            new TrainingFailure(1, null, "Step 1 failed. Nothing was saved: no step was completed before."),
            TrainingFailure.Of(failure));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_folder, "run")));
    }

    [Fact]
    public async Task A_full_disk_is_reported_in_addition_to_the_failure()
    {
        using TinyPolicy policy = TestData.Policy();
        using FullDiskPolicy full = new(policy, failAt: 2);
        RewardFailureException failure = await Assert.ThrowsAsync<RewardFailureException>(() => new BrokenParts("reward", 4, Broken).AddTo(
            Runs.Small(full, options => (options.OutputFolder, options.SaveInterval) = (_folder, 2)), full).RunAsync());
        Assert.Equal(
            "Step 4 failed. Nothing was saved: No space left on device. The last checkpoint is "
            + $"'{Path.Combine(_folder, "step-000002")}'.",
            TrainingFailure.Of(failure)!.Message);
        Assert.Equal(["latest", "step-000002"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FormatException Broken() => new("broken");

    // Calls made once per rollout fail in the second, or in the fourth if a rollout has one step.
    private static (int At, long Step) Failing(string place, int stepsPerRollout) => place switch
    {
        nameof(IRolloutObserver.OnMicroStep) or nameof(IRolloutObserver.OnGradients) => (4, 4),
        _ => stepsPerRollout == 1 ? (4, 4) : (2, stepsPerRollout + 1),
    };

    private GrpoTrainerBuilder Builder(
        TinyPolicy policy, string place, int at, Action<GrpoTrainerOptions> configure, string folder) =>
        new BrokenParts(place, at, Broken).AddTo(
            Runs.Small(policy, options =>
            {
                (options.OutputFolder, options.SaveInterval) = (Path.Combine(_folder, folder), 100);
                configure(options);
            }, new GrpoLoss(GrpoLossOptions.MedR1)).AddReward("parity", context => context.Completion.TokenIds[0] % 2),
            policy);

    private async Task CompareAsync(string place, int at, long? failing, Action<GrpoTrainerOptions> configure)
    {
        using TinyPolicy whole = TestData.Policy();
        TrainingReport straight = await Builder(whole, "", 0, configure, "whole").RunAsync();

        using TinyPolicy first = TestData.Policy();
        Exception failure = await Assert.ThrowsAnyAsync<Exception>(
            () => Builder(first, place, at, configure, "broken").RunAsync());
        Assert.True(failure is FormatException or RewardFailureException { InnerException: FormatException }, failure.ToString());
        RequireSaved(failure, failing ?? TrainingFailure.Of(failure)!.Step);

        using TinyPolicy second = TestData.Policy();
        TrainingReport resumed = await Builder(second, "", 0, configure, "broken")
            .ResumeFrom(TrainingFailure.Of(failure)!.Checkpoint!).RunAsync();

        Assert.Equal(TestData.Weights(whole), TestData.Weights(second));
        Assert.Equal(TrainingFailure.Of(failure)!.Step, resumed.History[0].Step);
        Assert.Equal(
            straight.History.TakeLast(resumed.History.Count).Select(Runs.Untimed), resumed.History.Select(Runs.Untimed));
        RequireEqual("step-000008");
    }

    private string RequireSaved(Exception exception, long failing, string folder = "broken")
    {
        TrainingFailure failure = TrainingFailure.Of(exception)!;
        string saved = Path.Combine(_folder, folder, $"step-00000{failing - 1}");
        Assert.Equal(
            $"Step {failing} failed. The state after step {failing - 1} is in '{saved}': .ResumeFrom(\"{saved}\") repeats it.",
            failure.Message);
        Assert.Equal((failing, saved), (failure.Step, failure.Checkpoint));
        Assert.Equal($"step-00000{failing - 1}", File.ReadAllText(Path.Combine(_folder, folder, "latest")));
        return saved;
    }

    // Weights and moments, and the state of the run including its counts.
    private void RequireEqual(string step)
    {
        byte[] Tensors(string run) => File.ReadAllBytes(Path.Combine(_folder, run, step, "trainer.safetensors"));
        string State(string run) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, run, step, "trainer.json")))
            .RootElement.GetProperty("Run").GetRawText();
        Assert.Equal(Tensors("whole"), Tensors("broken"));
        Assert.Equal(State("whole"), State("broken"));
    }

    // Fails once to find the examples of the fourth step, which are requested while the third step trains.
    private sealed class BrokenOrder(bool isBroken) : IExampleOrder
    {
        private readonly ShuffledOrder _inner = new(42);
        private bool _isBroken = isBroken;

        public int IndexAt(long position, int count)
        {
            if (_isBroken && position >= 12)
            {
                _isBroken = false;
                throw Broken();
            }

            return _inner.IndexAt(position, count);
        }
    }
}
