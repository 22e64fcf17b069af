using MedR1.Modeling;
using MedR1.Models.Qwen2VL;
using MedR1.Sampling;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>User code that waits, fails, forgets something, or is used at the wrong time.</summary>
public sealed class UserCodeTests
{
    [Fact]
    public async Task Observers_and_sinks_may_block_on_asynchronous_code()
    {
        Waiting waiting = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 2)
            .AddObserver(waiting).AddMetricSink(waiting).RunAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(2, report.Steps);
        Assert.Empty(report.SinkFailures);

        // OnStart; in each of two steps OnRollout, OnMicroStep, OnGradients, the sink and OnStep; then OnEnd.
        Assert.Equal(1 + 2 * 5 + 1, waiting.Waits);
    }

    [Fact]
    public async Task Evaluations_and_samplers_may_block_on_asynchronous_code_and_return_to_their_thread()
    {
        List<int> threads = [];
        async Task<double> MeasureAsync()
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Delay(1);
            threads.Add(Environment.CurrentManagedThreadId);
            await Task.Yield();
            return 1;
        }

        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => (options.MaxSteps, options.EvaluationInterval) = (2, 1))
            .AddEvaluation("blocking", (_, _) => ValueTask.FromResult(MeasureAsync().Result))
            .AddEvaluation("late", async (_, _) =>
            {
                await Task.Delay(1);
                Task<double>[] both = [MeasureAsync(), MeasureAsync()];
                Assert.True(Task.WaitAll(both, TimeSpan.FromMinutes(1)));
                return both[0].Result + both[1].Result;
            })
            .UseSampler(new BlockingSampler(new LocalSampler(policy), MeasureAsync))
            .RunAsync().WaitAsync(TimeSpan.FromMinutes(2));

        Assert.Equal((1.0, 2.0), (report.LastMetrics["eval/blocking"], report.LastMetrics["eval/late"]));

        // In each of two steps: the sampler and three measurements, on two threads each, which are one.
        Assert.Equal(2 * 4 * 2, threads.Count);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task An_evaluation_that_waits_longer_than_its_limit_goes_on()
    {
        using TinyPolicy policy = TestData.Policy();
        TaskCompletionSource never = new();
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 1)
            .AddEvaluation("late", (_, _) => ValueTask.FromResult(never.Task.Wait(TimeSpan.FromMilliseconds(50)) ? 1.0 : 0.0))
            .RunAsync().WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(0, report.LastMetrics["eval/late"]);
    }

    // A forgotten using before no_grad().
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gradients_that_user_code_leaves_disabled_are_enabled_for_the_next_step(bool isInference)
    {
        List<IDisposable> left = [];
        double Leave()
        {
            left.Add(isInference ? TorchSharp.torch.inference_mode() : TorchSharp.torch.no_grad());
            return 1;
        }

        void Configure(TrainerOptions options) => (options.MaxSteps, options.EvaluationInterval, options.EvaluateAtStart) = (2, 1, true);

        async Task<float[][]> TrainAsync(Func<double> evaluate)
        {
            using TinyPolicy grpo = TestData.Policy(), ppo = TestData.Policy(), sft = TestData.Policy();
            await Runs.Small(grpo, Configure).AddEvaluation("own", (_, _) => ValueTask.FromResult(evaluate())).RunAsync();
            await PpoRuns.Small(ppo, Configure).AddEvaluation("own", (_, _) => ValueTask.FromResult(evaluate())).RunAsync();
            using SftTrainer trainer = new SftTrainerBuilder(sft).UseExamples(TestData.Examples(4)).Configure(Configure)
                .AddEvaluation("own", (_, _) => ValueTask.FromResult(evaluate())).Build();
            await trainer.RunAsync();
            return [.. TestData.Weights(grpo), .. TestData.Weights(ppo), .. TestData.Weights(sft)];
        }

        Assert.Equal(await TrainAsync(() => 1), await TrainAsync(Leave));
        Assert.Equal(3 * 3, left.Count);
    }

    // What the policy computes once and keeps, such as tables of positions, must not be of inference mode, which has no backward pass.
    [Fact]
    public async Task An_evaluation_may_use_the_policy_in_inference_mode()
    {
        async Task<float[][]> TrainAsync(Func<IDisposable> mode)
        {
            using Qwen2VLPolicy qwen = SmallQwen.Load();
            using LoraPolicy policy = SmallQwen.Adapt(qwen, dropout: 0.2);
            EncodedPrompt[] prompts = [.. SmallQwen.Prompts(3).Select(prompt => policy.Processor.Encode(prompt))];
            await Runs.Small(
                    policy, options => (options.MaxSteps, options.EvaluationInterval, options.EvaluateAtStart) = (2, 1, true), prompts: 2)
                .AddEvaluation("likelihood", (context, _) =>
                {
                    using TorchSharp.DisposeScope scope = TorchSharp.torch.NewDisposeScope();
                    using IDisposable guard = mode();
                    TorchSharp.torch.Tensor scores = context.Policy.SequenceLogProbabilities(prompts).LogProbabilities;
                    return ValueTask.FromResult(scores.sum(TorchSharp.torch.float64).item<double>());
                })
                .RunAsync();
            return TestData.Weights(policy);
        }

        Assert.Equal(await TrainAsync(() => TorchSharp.torch.no_grad()), await TrainAsync(() => TorchSharp.torch.inference_mode()));
    }

    [Fact]
    public async Task A_template_need_not_set_the_example()
    {
        List<string?> seen = [];
        Listed dataset = new(Enumerable.Range(0, 4).Select(
            index => new VqaExample { Id = $"example {index}", Question = "Which?", Answer = "A" }));
        using TinyPolicy policy = TestData.Policy();
        await new GrpoTrainerBuilder(policy)
            .UseDataset(dataset)
            .UsePrompt(new Bare())
            .AddReward("id", context =>
            {
                lock (seen)
                {
                    seen.Add(context.Prompt.Example?.Id);
                }

                return context.Completion.TokenCount;
            })
            .Configure(options => (options.GroupSize, options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (2, 2, 1, 4))
            .RunAsync();

        Assert.Equal(4, seen.Count);
        Assert.All(seen, id => Assert.StartsWith("example", id));
    }

    [Fact]
    public async Task A_reward_that_fails_on_every_completion_of_the_first_rollout_stops_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        RewardFailureException failure = await Assert.ThrowsAsync<RewardFailureException>(
            () => Runs.Small(policy, _ => { }).AddReward("broken", _ => throw new FormatException("no such key")).RunAsync());

        // 2 prompts × 4 completions.
        Assert.StartsWith("Rewards failed on all 8 completions of the first rollout", failure.Message);
        Assert.EndsWith("The first failure, of 'broken': FormatException: no such key. Fix the reward.", failure.Message);
    }

    [Fact]
    public async Task Completions_that_no_reward_applies_to_are_not_counted_as_failed()
    {
        using TinyPolicy policy = TestData.Policy();
        RewardFailureException failure = await Assert.ThrowsAsync<RewardFailureException>(
            () => new GrpoTrainerBuilder(policy).UsePrompts(TestData.Prompts(5))
                .AddReward("picky", context => context.Completion.SampleIndex == 0 ? throw new FormatException("no such key") : null)
                .Configure(options => (options.PromptsPerStep, options.MaxSteps, options.MaxNewTokens) = (2, 2, 4)).RunAsync());

        // 2 prompts × 4 completions: the first of each group fails, and the reward doesn't apply to the others.
        Assert.Equal(
            "No completion of the first rollout has a reward, so nothing can be learnt: rewards failed on 2 of 8, and none "
            + "applies to the other 6. The first failure, of 'picky': FormatException: no such key. Fix the reward, or add one "
            + "that applies to every completion.", failure.Message);
    }

    [Fact]
    public async Task A_reward_that_fails_later_is_counted_and_reported_with_its_first_failure()
    {
        int calls = 0;
        StringWriter console = new();
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 2)
            .AddReward("away", _ => Interlocked.Increment(ref calls) > 8 ? throw new InvalidDataException("no service") : 1)
            .AddMetricSink(new ConsoleProgressSink(console)).RunAsync();

        Assert.Equal(8, report.RewardFailures["away"]);
        Assert.Equal("InvalidDataException: no service", report.FirstRewardFailures["away"]);
        string[] lines = console.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.DoesNotContain("failures", lines[0]);
        Assert.Contains("8 failures of 'away'  no completion has a reward", lines[1]);
        Assert.Matches(@"^2 steps, \d+ seconds, 0 skipped\s+reward 'away' failed 8 times, first: ", report.ToString());
    }

    [Fact]
    public async Task Rollouts_whose_groups_all_agree_are_reported_on_the_console()
    {
        StringWriter console = new();
        using TinyPolicy policy = TestData.Policy();
        await new GrpoTrainerBuilder(policy).UsePrompts(TestData.Prompts(2)).AddReward("same", _ => 1)
            .Configure(options => (options.MaxSteps, options.MaxNewTokens) = (1, 3))
            .AddMetricSink(new ConsoleProgressSink(console)).RunAsync();

        Assert.Contains("no group differs in reward", console.ToString());
    }

    [Fact]
    public async Task Two_trainers_do_not_train_one_policy_at_the_same_time()
    {
        TaskCompletionSource release = new();
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer first = Runs.Small(policy, options => options.MaxSteps = 1).AddReward("slow", async (_, _) =>
        {
            await release.Task;
            return 1;
        }).Build();
        using GrpoTrainer second = Runs.Small(policy, options => options.MaxSteps = 1).Build();
        Task<TrainingReport> running = first.RunAsync();

        Assert.Contains("Another trainer is training this policy", (await Assert.ThrowsAsync<InvalidOperationException>(
            () => second.RunAsync())).Message);

        release.SetResult();
        await running;
        Assert.Equal(1, (await second.RunAsync()).Steps);
    }

    [Fact]
    public async Task A_policy_may_be_disposed_before_its_trainer_and_a_disposed_trainer_says_so()
    {
        TinyPolicy policy = TestData.Policy();
        GrpoTrainer trainer = Runs.Small(policy, options =>
        {
            options.MaxSteps = 1;
            options.IsFrozen = name => name == policy.Parameters[0].Key;
        }).Build();
        await trainer.RunAsync();
        policy.Dispose();
        trainer.Dispose();

        Assert.Contains(nameof(GrpoTrainer), (await Assert.ThrowsAsync<ObjectDisposedException>(() => trainer.RunAsync())).Message);
    }

    private sealed class Listed(IEnumerable<VqaExample> examples) : List<VqaExample>(examples), IVqaDataset
    {
        public string Name => "four";
    }

    private sealed class Bare : IPromptTemplate
    {
        public string Name => "bare";

        public VqaPrompt Format(VqaExample example) => VqaPrompt.Ask(example.Question, []) with { Example = null };
    }

    private sealed class BlockingSampler(ISampler inner, Func<Task<double>> measure) : ISampler
    {
        public IAsyncEnumerable<CompletionGroup> SampleAsync(
            IReadOnlyList<VqaPrompt> prompts, SamplingOptions options, CancellationToken cancellationToken = default)
        {
            measure().Wait(cancellationToken);
            return inner.SampleAsync(prompts, options, cancellationToken);
        }
    }

    private sealed class Waiting : IRolloutObserver, IMetricSink
    {
        public int Waits { get; private set; }

        public void OnStart(TrainingStart start) => Wait().Wait();

        public void OnRollout(Rollout rollout) => Wait().Wait();

        public void OnMicroStep(PolicyMicroStep microStep) => Wait().Wait();

        public void OnGradients(long step) => Wait().Wait();

        public void OnStep(StepMetrics metrics) => Wait().Wait();

        public void OnEnd(TrainingReport report) => Wait().Wait();

        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default)
        {
            Wait().Wait(cancellationToken);
            return ValueTask.CompletedTask;
        }

        private async Task Wait()
        {
            await Task.Delay(1);
            Waits++;
        }
    }
}
