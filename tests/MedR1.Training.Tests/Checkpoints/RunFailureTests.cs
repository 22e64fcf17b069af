using System.Collections;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>A run that fails outside its steps: what it reports and saves, and that nothing of it runs after its end.</summary>
public sealed class RunFailureTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("medr1-").FullName;

    [Fact]
    public async Task A_failure_before_the_first_step_names_no_step()
    {
        Assert.Equal(
            new TrainingFailure(1, null, "The run failed before step 1. Nothing was saved: no step was completed before."),
            await FailAsync(nameof(ITrainingObserver.OnStart)));
        Assert.Equal(
            new TrainingFailure(1, null, "The run failed before step 1. Nothing was saved: no step was completed before."),
            await FailAsync("evaluation", builder => builder.Configure(options => options.EvaluateAtStart = true)));
    }

    [Fact]
    public async Task An_evaluation_that_returns_null_is_named()
    {
        using TinyPolicy policy = TestData.Policy();
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Runs.Small(policy, options => options.EvaluationInterval = 2).AddEvaluation(new NoValues()).RunAsync());
        Assert.Equal(
            "The evaluation NoValues at step 2 returned null; return an empty dictionary if there is nothing to report.", exception.Message);
    }

    [Fact]
    public async Task A_failure_after_the_last_step_names_no_step_either()
    {
        string saved = Path.Combine(_folder, "step-000008");
        Assert.Equal(
            new TrainingFailure(
                8, saved,
                $"All 8 steps were made, but the end of the run failed. The state is in '{saved}': .ResumeFrom(\"{saved}\") repeats it."),
            await FailAsync(nameof(ITrainingObserver.OnEnd)));

        using TinyPolicy policy = TestData.Policy();
        Assert.Empty((await Runs.Small(policy, options => options.OutputFolder = _folder).ResumeFrom(saved).RunAsync()).History);
    }

    [Fact]
    public async Task A_resumed_run_that_fails_before_its_first_step_names_its_position()
    {
        await FailAsync(nameof(ITrainingObserver.OnGradients));
        string saved = Path.Combine(_folder, "step-000002");
        Assert.Equal(
            new TrainingFailure(
                3, saved,
                $"The run failed before step 3. The state after step 2 is in '{saved}': .ResumeFrom(\"{saved}\") continues from there."),
            await FailAsync(nameof(ITrainingObserver.OnStart), builder => builder.ResumeFrom(saved)));
    }

    [Fact]
    public async Task A_complete_checkpoint_is_not_rewritten_if_its_observer_fails()
    {
        string saved = Path.Combine(_folder, "step-000002");
        DateTime written = default;
        TrainingFailure failure = await FailAsync(
            nameof(ITrainingObserver.OnCheckpoint), builder => builder.Configure(options => options.SaveInterval = 2),
            () => written = Directory.GetLastWriteTimeUtc(Path.Combine(saved, "model")));
        Assert.Equal(
            $"Step 2 was made, but its remaining work failed. The state is in '{saved}': .ResumeFrom(\"{saved}\") continues with that work.",
            failure.Message);
        Assert.Equal(written, Directory.GetLastWriteTimeUtc(Path.Combine(saved, "model")));
    }

    [Fact]
    public async Task No_prompts_are_requested_after_a_run_failed()
    {
        using TinyPolicy policy = TestData.Policy();
        Slow prompts = new(TestData.Prompts(5));
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy).UsePrompts(prompts).AddReward("one", context => context.Completion.TokenIds[0])
            .AddObserver(new Failing(nameof(ITrainingObserver.OnGradients), () => { }))
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (2, 4, 4)).Build();
        await Assert.ThrowsAsync<FormatException>(() => trainer.RunAsync());
        Assert.False(prompts.IsBeingAsked);

        await trainer.RunAsync();
        Assert.False(prompts.IsAskedTwiceAtOnce);
    }

    [Fact]
    public async Task Prompts_whose_prefetch_failed_are_requested_again_after_a_cancelled_run()
    {
        using TinyPolicy policy = TestData.Policy();
        FailingOnce prompts = new(TestData.Prompts(5));
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy).UsePrompts(prompts).AddReward("one", context => context.Completion.TokenIds[0])
            .AddEvaluation("cancelling", async (_, token) =>
            {
                while (!prompts.HasFailed)
                {
                    await Task.Delay(10, token);
                }

                await source.CancelAsync();
                token.ThrowIfCancellationRequested();
                return 1;
            })
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens, options.EvaluationInterval) = (2, 3, 4, 1))
            .Build();

        // Excludes the two prompts of the first step, and those that Build reads.
        prompts.FailAfter(calls: 2);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));

        Assert.Equal(3, (await trainer.RunAsync()).Steps);
    }

    [Fact]
    public async Task A_run_cancelled_at_the_end_of_a_step_is_cancelled_whatever_became_of_the_next_prompts()
    {
        using TinyPolicy policy = TestData.Policy();
        FailingOnce prompts = new(TestData.Prompts(5));
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy).UsePrompts(prompts).AddReward("one", context => context.Completion.TokenIds[0])
            .AddObserver(new AtStep(1, () =>
            {
                SpinWait.SpinUntil(() => prompts.HasFailed);
                source.Cancel();
            }))
            .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (2, 3, 4))
            .Build();
        prompts.FailAfter(calls: 2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
        Assert.Equal(3, (await trainer.RunAsync()).Steps);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<TrainingFailure> FailAsync(
        string place, Action<GrpoTrainerBuilder>? more = null, Action? before = null)
    {
        using TinyPolicy policy = TestData.Policy();
        Failing failing = new(place, before ?? (() => { }));
        GrpoTrainerBuilder builder = Runs.Small(policy, options => options.OutputFolder = _folder)
            .AddObserver(failing)
            .AddEvaluation("one", (_, _) =>
            {
                failing.Fail("evaluation");
                return ValueTask.FromResult(1.0);
            });
        more?.Invoke(builder);
        return TrainingFailure.Of(await Assert.ThrowsAsync<FormatException>(() => builder.RunAsync()))!;
    }

    // Fails once; the callbacks of steps in the third.
    private sealed class Failing(string place, Action before) : ITrainingObserver
    {
        private bool _hasFailed;

        public void Fail(string here)
        {
            if (here == place && !_hasFailed)
            {
                _hasFailed = true;
                before();
                throw new FormatException("broken");
            }
        }

        public void OnStart(TrainingStart start) => Fail(nameof(OnStart));

        public void OnGradients(long step)
        {
            if (step == 3)
            {
                Fail(nameof(OnGradients));
            }
        }

        public void OnCheckpoint(long step, string folder) => Fail(nameof(OnCheckpoint));

        public void OnEnd(TrainingReport report) => Fail(nameof(OnEnd));
    }

    private sealed class FailingOnce(IReadOnlyList<VqaPrompt> prompts) : IReadOnlyList<VqaPrompt>
    {
        private int _left = int.MaxValue;

        public bool HasFailed => Volatile.Read(ref _left) < 0;

        public void FailAfter(int calls) => Volatile.Write(ref _left, calls);

        public int Count => prompts.Count;

        public VqaPrompt this[int index] =>
            Interlocked.Decrement(ref _left) == -1 ? throw new IOException("The share is away.") : prompts[index];

        public IEnumerator<VqaPrompt> GetEnumerator() => prompts.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class Slow(IReadOnlyList<VqaPrompt> prompts) : IReadOnlyList<VqaPrompt>
    {
        private int _inside;

        public bool IsBeingAsked => Volatile.Read(ref _inside) > 0;

        public bool IsAskedTwiceAtOnce { get; private set; }

        public int Count => prompts.Count;

        public VqaPrompt this[int index]
        {
            get
            {
                IsAskedTwiceAtOnce |= Interlocked.Increment(ref _inside) > 1;
                Thread.Sleep(100);
                Interlocked.Decrement(ref _inside);
                return prompts[index];
            }
        }

        public IEnumerator<VqaPrompt> GetEnumerator() => prompts.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    private sealed class NoValues : IEvaluationHook
    {
        public ValueTask<IReadOnlyDictionary<string, double>> EvaluateAsync(
            EvaluationContext context, CancellationToken cancellationToken = default) => new((IReadOnlyDictionary<string, double>)null!);
    }
}
