using MedR1.Losses;
using MedR1.Testing;
using TorchSharp;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class GrpoTrainerTests
{
    private static readonly GrpoLossOptions NoKl = GrpoLossOptions.MedR1 with { KlCoefficient = 0 };

    [Fact]
    public async Task Learns_to_generate_what_is_rewarded()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(6))
            .UseLoss(new GrpoLoss(NoKl))
            .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
            .Configure(options =>
            {
                options.GroupSize = 8;
                options.PromptsPerStep = 4;
                options.MaxSteps = 15;
                options.MaxNewTokens = 8;
                options.LearningRate = 0.02;
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        double first = report.History.Take(3).Average(metrics => metrics.Values["reward"]);
        double last = report.History.TakeLast(3).Average(metrics => metrics.Values["reward"]);
        Assert.True(last > first + 0.3, $"{first} → {last}");
    }

    [Fact]
    public async Task Skipping_completions_without_gradient_changes_no_gradient()
    {
        // Prompts whose answers all get the same reward have advantages of 0.
        static double? Reward(RewardContext context) =>
            context.Example.Id[^1] is '1' or '4' ? 1 : context.Completion.TokenCount;
        float[]?[] all = await Gradients.FirstAsync(LossOf("dapo"), 4, Reward);
        float[]?[] some = await Gradients.FirstAsync(
            LossOf("dapo"), 4, Reward, options => options.SkipCompletionsWithoutGradient = true);
        float[]?[] bnpo = await Gradients.FirstAsync(new GrpoLoss(GrpoLossOptions.Bnpo), 4, Reward);
        float[]?[] someBnpo = await Gradients.FirstAsync(
            new GrpoLoss(GrpoLossOptions.Bnpo), 4, Reward, options => options.SkipCompletionsWithoutGradient = true);

        Assert.InRange(GradientRecorder.Distance(all, some), 0, 1e-5);
        Assert.InRange(GradientRecorder.Distance(bnpo, someBnpo), 0, 1e-5);
    }

    [Fact]
    public async Task A_step_without_advantages_gives_a_zero_gradient_instead_of_none()
    {
        float[]?[] gradients = await Gradients.FirstAsync(
            LossOf("dapo"), 4, _ => 1, options => options.SkipCompletionsWithoutGradient = true);

        Assert.All(gradients, gradient => Assert.All(gradient!, value => Assert.Equal(0, value)));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(1e38)]
    public async Task A_step_that_is_not_finite_is_skipped_and_counted(double factor)
    {
        using TinyPolicy policy = TestData.Policy();
        List<float[][]> weights = [];
        WeightObserver observer = new(() => weights.Add(TestData.Weights(policy)));
        using GrpoTrainer trainer = Small(policy, new BreakingLoss(2, factor))
            .Configure(options => options.MaxSteps = 3).AddObserver(observer).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(1, report.SkippedSteps);
        Assert.Equal(3, report.Steps);
        Assert.Equal(weights[0], weights[1]);
        Assert.NotEqual(weights[1], weights[2]);
        Assert.All(weights[2], values => Assert.All(values, value => Assert.True(float.IsFinite(value))));
        Assert.Equal([0.0, 1.0, 1.0], report.History.Select(metrics => metrics.Values["skipped_steps"]));

        // The schedule, a straight line to 0, goes on.
        double[] rates = [.. report.History.Select(metrics => metrics.Values["learning_rate"])];
        Assert.Equal([1, Math.Round(2 / 3.0, 9), Math.Round(1 / 3.0, 9)], rates.Select(rate => Math.Round(rate / rates[0], 9)));
    }

    [Fact]
    public async Task Frozen_parameters_stay_and_all_others_change()
    {
        using TinyPolicy policy = TestData.Policy();
        string[] names = [.. policy.Parameters.Select(pair => pair.Key)];
        string frozen = names[0];
        float[][] before = TestData.Weights(policy);
        using (GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl)).Configure(options => options.Freeze(frozen))
            .Build())
        {
            await trainer.RunAsync();
            Assert.False(policy.Parameters[0].Value.requires_grad);
        }

        float[][] after = TestData.Weights(policy);
        Assert.All(names.Select((name, index) => (name, index)), parameter =>
            Assert.Equal(parameter.name == frozen, before[parameter.index].SequenceEqual(after[parameter.index])));
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Fact]
    public async Task The_first_update_has_ratios_of_one()
    {
        using TinyPolicy policy = TestData.Policy();
        double largest = 0;
        GradientRecorder recorder = new(policy)
        {
            MicroStep = microStep =>
            {
                for (int row = 0; row < microStep.Rows.Count; row++)
                {
                    float[] own = [.. microStep.Rollout.CompletionAt(microStep.Rows[row]).LogProbabilities];
                    using Tensor values_T = microStep.Inputs.LogProbabilities[row].detach().cpu().contiguous();
                    float[] trainers = values_T.data<float>().ToArray();
                    largest = Math.Max(largest, own.Zip(trainers, (left, right) => Math.Abs(left - right)).Max());
                }
            },
        };
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(4)).UseLoss(new GrpoLoss(NoKl))
            .AddReward("length", context => context.Completion.TokenCount)
            .AddObserver(recorder)
            .Configure(options =>
            {
                options.MaxSteps = 1;
                options.MaxNewTokens = 12;
                options.Temperature = 0.7;
                options.SuppressedTokenIds = [5, 6, 7];
            })
            .Build();

        await trainer.RunAsync();

        // The sampler decodes one token at a time, the trainer all at once: they may differ only by float32 rounding.
        Assert.InRange(largest, 0, 2e-5);
        Assert.NotEmpty(recorder.MicroSteps);
    }

    [Fact]
    public async Task A_rollout_that_feeds_several_steps_keeps_the_log_probabilities_of_its_policy()
    {
        using TinyPolicy policy = TestData.Policy();
        List<double> differences = [];
        GradientRecorder recorder = new(policy)
        {
            MicroStep = microStep =>
            {
                PolicyLossInputs inputs = microStep.Inputs;
                using Tensor difference = (inputs.LogProbabilities - inputs.OldLogProbabilities!).abs().max();
                differences.Add(difference.ToDouble());
            },
        };
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl)).AddObserver(recorder).Configure(options =>
        {
            options.StepsPerGeneration = 2;
            options.Iterations = 2;
            options.MaxSteps = 5;
        }).Build();

        TrainingReport report = await trainer.RunAsync();

        // Steps 1 and 5 are the first of their rollouts; the others use a policy that has changed.
        Assert.Equal([true, false, false, false, true], differences.Select(difference => difference < 1e-5));
        Assert.Equal(
            [true, false, false, false, true], report.History.Select(metrics => metrics.Values.ContainsKey("reward")));
    }

    [Fact]
    public async Task The_reference_is_the_policy_as_it_was_at_the_start()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(GrpoLossOptions.MedR1)).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Equal(0, report.History[0].Values["kl"], 1e-9);
        Assert.True(report.LastMetrics["kl"] > 1e-4);
    }

    [Fact]
    public async Task Failing_rewards_are_counted_by_name_and_the_run_continues()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl))
            .AddReward("throws", context => context.Completion.SampleIndex == 0 ? throw new FormatException("tag") : 0)
            .AddReward("nan", context => context.Completion.SampleIndex == 1 ? double.NaN : 0)
            .AddReward("hangs", async (context, token) =>
            {
                await Task.Delay(context.Completion.SampleIndex == 2 ? Timeout.Infinite : 0, token);
                return 0;
            })
            .Configure(options =>
            {
                options.MaxSteps = 2;
                options.RewardTimeout = TimeSpan.FromSeconds(1);
            })
            .Build();

        TrainingReport report = await trainer.RunAsync();

        // Two steps of two prompts, one completion of each group.
        Assert.Equal(
            new Dictionary<string, long> { ["throws"] = 4, ["nan"] = 4, ["hangs"] = 4 }, report.RewardFailures);
        Assert.Equal(4, report.LastMetrics["reward_failures/nan"]);
        Assert.Equal(0, report.SkippedSteps);
    }

    [Fact]
    public async Task A_failing_reward_stops_the_run_if_the_options_say_so()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl)).AddReward("odd", _ => double.NaN)
            .Configure(options => options.StopOnRewardFailure = true).Build();

        Assert.Equal(
            "odd", (await Assert.ThrowsAsync<RewardFailureException>(() => trainer.RunAsync())).Failure.Reward);
    }

    [Fact]
    public async Task Cancelling_ends_the_run()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl))
            .AddObserver(new WeightObserver(source.Cancel)).Configure(options => options.MaxSteps = 100).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));
    }

    // Two iterations need the old log-probabilities, which take a pass for each of the two prompts. The second one is not made.
    [Fact]
    public async Task Cancelling_ends_the_run_between_the_passes_for_old_log_probabilities()
    {
        using TinyPolicy policy = TestData.Policy();
        using CancellationTokenSource source = new();
        PassRecorder passes = new(policy) { OnPass = source.Cancel };
        using GrpoTrainer trainer = Small(passes, new GrpoLoss(NoKl))
            .Configure(options => (options.Iterations, options.PromptsPerMicroBatch) = (2, 1)).Build();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.RunAsync(source.Token));

        Assert.Single(passes.Passes);
    }

    [Fact]
    public async Task A_prompt_that_leaves_no_room_for_an_answer_is_named()
    {
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = 32 });
        VqaPrompt prompt = VqaPrompt.Ask(new string('x', 40)) with
        {
            Example = new VqaExample { Id = "case 7", Question = "?", Answer = "" },
        };
        using GrpoTrainer trainer = new GrpoTrainerBuilder(policy).UsePrompts([prompt]).AddReward("one", _ => 1)
            .Configure(options => options.MaxNewTokens = 4).Build();

        Modeling.InvalidPromptException exception = await Assert.ThrowsAsync<Modeling.InvalidPromptException>(
            () => trainer.RunAsync());

        Assert.Contains("'case 7'", exception.Message);
        Assert.Contains("32", exception.Message);
    }

    [Fact]
    public async Task A_sink_that_throws_is_named_in_the_report()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Small(policy, new GrpoLoss(NoKl)).AddMetricSink(new BrokenSink()).Build();

        TrainingReport report = await trainer.RunAsync();

        Assert.Contains("BrokenSink", Assert.Single(report.SinkFailures));
    }

    private static GrpoLoss LossOf(string name) => new(name switch
    {
        "dapo" => GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false },
        _ => GrpoLossOptions.MedR1,
    });

    private static GrpoTrainerBuilder Small(Modeling.IVisionLanguagePolicy policy, IPolicyLoss loss) => new GrpoTrainerBuilder(policy)
        .UsePrompts(TestData.Prompts(4))
        .UseSampler(new ScriptedSampler(Gradients.Answers))
        .UseLoss(loss)
        .AddReward("length", context => context.Completion.TokenCount)
        .Configure(options =>
        {
            options.GroupSize = 4;
            options.PromptsPerStep = 2;
            options.MaxSteps = 3;
            options.LearningRate = 0.01;
            options.MaxNewTokens = 16;
        });

    private sealed class WeightObserver(Action onStep) : IRolloutObserver
    {
        public void OnStep(StepMetrics metrics) => onStep();
    }

    private sealed class BrokenSink : IMetricSink
    {
        public ValueTask WriteAsync(StepMetrics metrics, CancellationToken cancellationToken = default) =>
            throw new IOException("gone");
    }
}
