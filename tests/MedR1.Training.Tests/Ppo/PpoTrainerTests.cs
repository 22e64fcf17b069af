using MedR1.Losses;
using MedR1.Modeling;
using MedR1.Testing;
using MedR1.TestSupport;
using static TorchSharp.torch;

namespace MedR1.Training.Tests;

public sealed class PpoTrainerTests
{
    // The score is the number of small tokens among eight, most of which the critic sees before the last token.
    private static PpoTrainerBuilder Learning(TinyPolicy policy) => new PpoTrainerBuilder(policy)
        .UsePrompts(TestData.Prompts(6))
        .UseTargets(PpoTargetOptions.LanguageModel with { KlCoefficient = 0 })
        .AddReward("small", context => context.Completion.TokenIds.Average(id => id < 64 ? 1.0 : 0.0))
        .Configure(options =>
        {
            options.GroupSize = 8;
            options.PromptsPerStep = 4;
            options.MaxSteps = 25;
            options.MaxNewTokens = 8;
            options.LearningRate = 0.02;
            options.CriticLearningRate = 0.01;
        });

    [Fact]
    public async Task Learns_to_generate_what_is_rewarded()
    {
        using TinyPolicy policy = TestData.Policy();

        TrainingReport report = await Learning(policy).RunAsync();

        double first = Mean(report.History.Take(3), "reward");
        double last = Mean(report.History.TakeLast(3), "reward");
        Assert.True(last > first + 0.3, $"{first} → {last}");
    }

    [Fact]
    public async Task The_critic_learns_to_predict_the_returns()
    {
        using TinyPolicy policy = TestData.Policy();

        // The score depends only on the prompt, and the policy hardly changes, so that the returns are fully predictable.
        TrainingReport report = await new PpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(6))
            .UseTargets(PpoTargetOptions.LanguageModel with { KlCoefficient = 0 })
            .UseLoss(PpoLossOptions.LanguageModel with { ValueClip = null })
            .AddReward("even", context => context.Example.Id[^1] % 2 == 0 ? 1 : 0)
            .Configure(options =>
            {
                options.PromptsPerStep = 6;
                options.Iterations = 2;
                options.MaxSteps = 40;
                options.MaxNewTokens = 3;
                options.LearningRate = 1e-9;
                options.CriticLearningRate = 0.01;
            })
            .RunAsync();

        StepMetrics[] sampled = [.. report.History.Where(step => step.Values.ContainsKey("explained_variance"))];
        Assert.Equal(20, sampled.Length);
        Assert.Equal(0, sampled[0].Values["explained_variance"], 9);
        double explained = Mean(sampled.TakeLast(3), "explained_variance");
        double loss = Mean(report.History.TakeLast(6), "value_loss");
        Assert.True(explained > 0.8, $"explained {explained}");
        Assert.True(loss < 0.2 * report.History[0].Values["value_loss"], $"loss {loss}");
    }

    [Fact]
    public async Task Every_parameter_of_policy_and_critic_changes()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(policy);
        float[][] policyBefore = TestData.Weights(policy);
        float[][] criticBefore = PpoRuns.Weights(critic);

        await PpoRuns.Small(policy, options => options.MaxSteps = 3).UseCritic(critic).RunAsync();

        Assert.All(policyBefore.Zip(TestData.Weights(policy)), pair => Assert.NotEqual(pair.First, pair.Second));

        // The language-model head is the only part of the copy that a critic doesn't use.
        float[][] after = PpoRuns.Weights(critic);
        Assert.Contains("value_head.weight", critic.Parameters.Select(pair => pair.Key));
        for (int i = 0; i < after.Length; i++)
        {
            Assert.Equal(critic.Parameters[i].Key == "_head", criticBefore[i].SequenceEqual(after[i]));
        }
    }

    [Fact]
    public async Task Frozen_parameters_stay_in_both_and_the_value_head_always_learns()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(policy);
        float[][] policyBefore = TestData.Weights(policy);
        float[][] criticBefore = PpoRuns.Weights(critic);

        await PpoRuns.Small(policy, options =>
        {
            options.MaxSteps = 2;
            options.IsFrozen = name => name != "_head";
        }).UseCritic(critic).RunAsync();

        for (int i = 0; i < policyBefore.Length; i++)
        {
            Assert.Equal(
                policy.Parameters[i].Key != "_head", policyBefore[i].SequenceEqual(TestData.Weights(policy)[i]));
        }

        Assert.Equal(criticBefore.SkipLast(2), PpoRuns.Weights(critic).SkipLast(2));
        Assert.All(
            criticBefore.TakeLast(2).Zip(PpoRuns.Weights(critic).TakeLast(2)),
            pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.All(policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Fact]
    public async Task A_head_on_the_policys_network_learns_without_changing_the_network()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.HeadOn(policy);
        GradientRecorder recorder = new(policy);

        TrainingReport report = await PpoRuns.Small(policy, options => options.MaxSteps = 2)
            .UseCritic(critic).AddObserver(recorder).RunAsync();

        Assert.Equal(["value_head.weight", "value_head.bias"], critic.Parameters.Select(pair => pair.Key));
        Assert.All(PpoRuns.Weights(critic), values => Assert.Contains(values, value => value != 0));

        // The policy's first gradient equals that with a separate critic: both predict 0 at first.
        using TinyPolicy other = TestData.Policy();
        GradientRecorder separate = new(other);
        await PpoRuns.Small(other, options => options.MaxSteps = 2).AddObserver(separate).RunAsync();
        Assert.Equal(0, GradientRecorder.Distance(recorder.Steps[0], separate.Steps[0]));
        Assert.True(report.LastMetrics["critic/grad_norm"] > 0);
    }

    // REINFORCE++ (arXiv 2501.03262): returns without a baseline, whitened over the tokens of the rollout.
    [Fact]
    public async Task Without_a_value_loss_a_head_on_the_policys_network_stays_at_0()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.HeadOn(policy);
        float[][] before = TestData.Weights(policy);

        TrainingReport report = await PpoRuns.Small(policy, options => options.WeightDecay = 0.01)
            .UseCritic(critic)
            .UseTargets(new PpoTargetOptions { Discount = 1, Lambda = 1, Whiten = true })
            .UseLoss(new PpoLossOptions { ValueCoefficient = 0 })
            .RunAsync();

        Assert.All(PpoRuns.Weights(critic), values => Assert.All(values, value => Assert.Equal(0, value)));
        Assert.All(report.History, step => Assert.Equal(0, step.Values["values"]));
        Assert.NotEqual(before[0], TestData.Weights(policy)[0]);
    }

    [Fact]
    public async Task A_step_whose_gradient_is_not_finite_changes_neither_policy_nor_critic()
    {
        using TinyPolicy policy = TestData.Policy();
        using ValueModel critic = ValueModel.CopyOf(policy);
        float[][] policyBefore = TestData.Weights(policy);
        float[][] criticBefore = PpoRuns.Weights(critic);

        // 1e38 is an ordinary float32 number, but the square of an error and the variance overflow.
        TrainingReport report = await PpoRuns.Small(
                policy, options => (options.MaxSteps, options.MaxNewTokens, options.TruncationPenalty) = (2, 1, 1e38))
            .UseCritic(critic)
            .RunAsync();

        Assert.Equal(2, report.SkippedSteps);
        Assert.Equal(policyBefore, TestData.Weights(policy));
        Assert.Equal(criticBefore, PpoRuns.Weights(critic));
    }

    // The critic's error of 1e20 would have a square above 3.4e38, where float32 ends; that of 8e11 is 6.4e23.
    [Fact]
    public async Task A_score_that_the_critic_cannot_square_is_a_failure_of_its_reward()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await PpoRuns.Small(policy, options => options.MaxSteps = 2)
            .AddReward("huge", context => context.Completion.SampleIndex == 0 ? 4e11 : -5e19, weight: 2)
            .RunAsync();

        Assert.Equal(0, report.SkippedSteps);
        Assert.Equal(2 * 2, report.RewardFailures["huge"]);
        Assert.Equal(
            "its score -5E+19 times its weight 2 makes the total of sample 1 -1E+20, which is beyond ±1E+12, the most that this "
            + "trainer can square and add up in float32; use smaller scores or weights.", report.FirstRewardFailures["huge"]);
    }

    [Fact]
    public async Task A_completion_without_a_score_affects_neither_policy_nor_critic()
    {
        static PpoTrainerBuilder Builder(TinyPolicy policy, GradientRecorder recorder, int samples) =>
            new PpoTrainerBuilder(policy)
                .UsePrompts(TestData.Prompts(2))
                .UseSampler(new ScriptedSampler((_, sample) => sample < 2 ? Gradients.Answers[sample + 1] : "lost words"))
                .AddReward("own", context => context.Completion.Text.StartsWith("lost", StringComparison.Ordinal)
                    ? null : context.Completion.TokenCount)
                .AddObserver(recorder)
                .Configure(options =>
                {
                    options.GroupSize = samples;
                    options.PromptsPerStep = 2;
                    options.MaxSteps = 1;
                    options.MaxNewTokens = 20;
                });
        using TinyPolicy policy = TestData.Policy();
        GradientRecorder with = new(policy);
        GradientRecorder without = new(policy);
        TrainingReport more = await Builder(policy, with, 3).Configure(options => options.LearningRate = 1e-30).RunAsync();
        TrainingReport fewer =
            await Builder(policy, without, 2).Configure(options => options.LearningRate = 1e-30).RunAsync();

        Assert.InRange(GradientRecorder.Distance(with.Steps[0], without.Steps[0]), 0, 1e-5);
        Assert.Equal(fewer.LastMetrics["value_loss"], more.LastMetrics["value_loss"], 6);
        Assert.Equal(fewer.LastMetrics["critic/grad_norm"], more.LastMetrics["critic/grad_norm"], 5);
    }

    [Fact]
    public async Task Micro_steps_add_up_to_one_large_batch_for_policy_and_critic()
    {
        static async Task<(float[]?[] Gradient, IReadOnlyDictionary<string, double> Values)> FirstAsync(int perPass)
        {
            using TinyPolicy policy = TestData.Policy();
            GradientRecorder recorder = new(policy);
            TrainingReport report = await PpoRuns.Small(policy, options =>
            {
                options.PromptsPerStep = 4;
                options.PromptsPerMicroBatch = perPass;
                options.MaxSteps = 1;
            }).AddObserver(recorder).RunAsync();
            return (recorder.Steps[0], report.LastMetrics);
        }

        (float[]?[] whole, IReadOnlyDictionary<string, double> wholeValues) = await FirstAsync(4);
        (float[]?[] parts, IReadOnlyDictionary<string, double> partValues) = await FirstAsync(1);

        Assert.InRange(GradientRecorder.Distance(whole, parts), 0, 1e-5);
        foreach (string name in new[] { "value_loss", "returns", "critic/grad_norm", "loss" })
        {
            Assert.Equal(wholeValues[name], partValues[name], 5);
        }
    }

    [Fact]
    public async Task What_a_pass_of_the_critic_keeps_is_freed_with_its_step_even_if_skipped()
    {
        using TinyPolicy policy = TestData.Policy(), body = TestData.Policy();
        SpoiltOnce spoilt = new(body);
        using ValueModel critic = new(spoilt);

        TrainingReport report =
            await PpoRuns.Small(policy, options => options.MaxSteps = 2).UseCritic(critic).RunAsync();

        Assert.Equal(1, report.SkippedSteps);
        Assert.Equal((2, 0), (spoilt.Passes, spoilt.Kept));
    }

    private static double Mean(IEnumerable<StepMetrics> steps, string name) => steps.Average(step => step.Values[name]);

    // The second call, which is the first step's update, returns NaN.
    private sealed class SpoiltOnce(TinyPolicy policy) : DelegatingPolicy(policy), IHiddenStatePolicy
    {
        private int _calls;

        public int Passes { get; private set; }

        public int Kept { get; private set; }

        public int HiddenSize => policy.HiddenSize;

        public PassOutput CompletionStates(IReadOnlyList<PackedGroup> groups)
        {
            PassOutput states = policy.CompletionStates(groups);
            states = ++_calls == 2 ? new PassOutput(states.Output * double.NaN) : states;
            if (!is_grad_enabled())
            {
                return states;
            }

            Passes++;
            Kept++;
            return states with { BackwardState = new Ending(this) };
        }

        private sealed class Ending(SpoiltOnce owner) : IDisposable
        {
            public void Dispose() => owner.Kept--;
        }
    }
}
