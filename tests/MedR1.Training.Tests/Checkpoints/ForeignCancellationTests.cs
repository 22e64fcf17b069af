using MedR1.Modeling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run is cancelled only by its own token: any other cancellation within it is a failure.</summary>
public sealed class ForeignCancellationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Theory]
    [InlineData("sampler", "The sampler Sampler was cancelled")]
    [InlineData("planner", "The planner Planner was cancelled")]
    [InlineData(nameof(IRolloutObserver.OnRollout), "The observer BrokenParts was cancelled")]
    [InlineData(nameof(IRolloutObserver.OnMicroStep), "The observer BrokenParts was cancelled")]
    [InlineData(nameof(IRolloutObserver.OnGradients), "The observer BrokenParts was cancelled")]
    [InlineData(nameof(IRolloutObserver.OnStep), "The observer BrokenParts was cancelled")]
    public async Task A_timeout_anywhere_in_a_run_is_a_failure_that_names_its_origin(string place, string start)
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = new BrokenParts(place, 2, TimedOut).AddTo(Runs.Small(policy, _ => { }), policy).Build();
        Task run = trainer.RunAsync(source.Token);
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(() => run);

        Assert.True(run.IsFaulted);
        Assert.StartsWith($"{start}, although the run was not: TaskCanceledException: The time is over.", failure.Message);
        Assert.IsType<TaskCanceledException>(failure.InnerException);
    }

    [Fact]
    public async Task A_reward_that_timed_out_has_failed()
    {
        using TinyPolicy policy = TestData.Policy();
        RewardFailureException failure = await Assert.ThrowsAsync<RewardFailureException>(
            () => new BrokenParts("reward", 2, TimedOut).AddTo(Runs.Small(policy, _ => { }), policy).RunAsync());
        Assert.StartsWith("Reward 'fine' failed: TaskCanceledException: The time is over.", failure.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_step_of_an_evaluation_that_timed_out_is_saved(bool isSupervised)
    {
        using TinyPolicy policy = TestData.Policy();
        Task Run() => isSupervised ? Supervised(policy) : Runs.Small(policy, Configure).AddEvaluation("score", Evaluate).RunAsync();
        TimeoutException failure = await Assert.ThrowsAsync<TimeoutException>(Run);

        Assert.StartsWith("The evaluation 'score' at step 2 was cancelled, although the run was not", failure.Message);
        Assert.Equal("step-000002", File.ReadAllText(Path.Combine(_folder, "latest")));

        async Task Supervised(TinyPolicy policy)
        {
            using SftTrainer trainer = new SftTrainerBuilder(policy).UseExamples(TestData.Examples(4)).AddEvaluation("score", Evaluate)
                .Configure(options => options.ExamplesPerStep = 1).Configure(Configure).Build();
            await trainer.RunAsync();
        }

        static ValueTask<double> Evaluate(EvaluationContext context, CancellationToken token) => throw TimedOut();
        void Configure(TrainerOptions options) => (options.OutputFolder, options.EvaluationInterval) = (_folder, 2);
    }

    [Fact]
    public async Task An_image_whose_download_timed_out_is_named()
    {
        using TinyPolicy policy = TestData.Policy();
        InvalidPromptException failure = await Assert.ThrowsAsync<InvalidPromptException>(() => new GrpoTrainerBuilder(policy)
            .UsePrompts([VqaPrompt.Ask("a", new Unreachable())]).AddReward("one", _ => 1)
            .Configure(options => options.PromptsPerStep = 1).RunAsync());
        Assert.StartsWith("Prompt 0 can't be encoded: The time is over.", failure.Message);
    }

    [Fact]
    public async Task An_exception_due_to_cancellation_cancels_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        Task run = new BrokenParts(nameof(IRolloutObserver.OnStep), 2, () =>
        {
            source.Cancel();
            return TimedOut();
        }).AddTo(Runs.Small(policy, options => options.OutputFolder = _folder), policy).RunAsync(source.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.True(run.IsCanceled);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task A_cancelled_run_has_the_token_that_cancelled_it()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        OperationCanceledException exception = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Runs.Small(policy, _ => { }).AddObserver(new BeforeStep(source.Cancel)).RunAsync(source.Token));

        Assert.Equal(source.Token, exception.CancellationToken);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TaskCanceledException TimedOut() => new("The time is over.");

    private sealed class BeforeStep(Action act) : ITrainingObserver
    {
        public void OnGradients(long step) => act();
    }

    private sealed class Unreachable : IImageSource
    {
        public string Name => "far away";

        public Stream OpenRead() => throw TimedOut();
    }
}
