using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

/// <summary>Wrong use of rewards, checkpoints, evaluations and the ways to choose groups.</summary>
public sealed class WrongUseTests : IDisposable
{
    private readonly TinyPolicy _policy = TestData.Policy();

    // Unscaled, the gradient of a total of 1e20 has a square beyond 3.4e38, where float32 ends; divided by the deviation or clamped to 1, it
    // is about 1.
    [Theory]
    [InlineData(AdvantageScale.None, double.NegativeInfinity, double.PositiveInfinity, -1e20, 4)]
    [InlineData(AdvantageScale.None, -1, 1, -1e20, 0)]
    [InlineData(AdvantageScale.None, -1, double.PositiveInfinity, -1e20, 0)]
    [InlineData(AdvantageScale.None, double.NegativeInfinity, 1, -1e20, 4)]
    [InlineData(AdvantageScale.None, double.NegativeInfinity, 1, 1e20, 0)]
    [InlineData(AdvantageScale.None, -1, double.PositiveInfinity, 1e20, 4)]
    [InlineData(AdvantageScale.None, -1e13, 1, -1e20, 4)]
    [InlineData(AdvantageScale.Group, double.NegativeInfinity, double.PositiveInfinity, -1e20, 0)]
    public async Task A_total_whose_unscaled_gradient_is_infinite_is_a_failure_of_its_reward(
        AdvantageScale scale, double minimum, double maximum, double huge, int failures)
    {
        TrainingReport report = await Runs.Small(_policy, options => options.MaxSteps = 2)
            .UseAdvantages(new AdvantageOptions { Scale = scale, RewardRange = new RewardRange(minimum, maximum) })
            .AddReward("huge", context => context.Completion.SampleIndex == 0 ? huge : context.Completion.SampleIndex * 1e11)
            .RunAsync();

        // One of each of two groups, in each of two steps.
        Assert.Equal(failures, report.RewardFailures.GetValueOrDefault("huge"));
        Assert.Equal(0, report.SkippedSteps);
    }

    [Fact]
    public void Every_invalid_option_is_reported_at_once_with_its_fix()
    {
        GrpoTrainerBuilder builder = Runs.Small(_policy, options =>
        {
            options.KeepLast = 0;
            options.KeepInterval = -1;
            options.BestMetric = "eval/accuracy";
            options.EvaluationInterval = -1;
            options.MaxPromptTokens = 0;
            options.DynamicSampling = new DynamicSamplingOptions { Reward = "accuracy", MaxRounds = 0 };
            options.Replay = new ReplayOptions { Capacity = 0, Reward = "right" };
            options.ReferenceSync = new ReferenceSyncOptions { Mixup = 0 };
            options.AdaptiveEntropy = new AdaptiveEntropyOptions { Step = -1 };
        }, new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 }));

        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(builder.Build);

        string[] expected =
        [
            "KeepLast is 0", "KeepInterval is -1", "OutputFolder is null, but KeepLast 0 needs a folder", "OutputFolder is null, but the best checkpoint by eval/accuracy",
            "EvaluationInterval is -1", "MaxPromptTokens is 0", "Step is -1", "DynamicSampling is", "Replay is",
            "ReferenceSync is", "nothing to evaluate every -1 steps", "The best checkpoint is chosen by eval/accuracy, but nothing",
            "DynamicSampling uses the reward 'accuracy', but the rewards are 'small'",
            "Replay uses the reward 'right', but the rewards are 'small'",
            "ReferenceSync has no reference to update",
        ];
        Assert.Equal(expected.Length, exception.Errors.Count);
        Assert.All(expected.Zip(exception.Errors), pair => Assert.Contains(pair.First, pair.Second));
        Assert.All(exception.Errors, mistake => Assert.Matches(@"\.(Use|Add|Configure)", mistake));
    }

    [Fact]
    public void A_disposed_policy_is_named_when_a_trainer_is_built()
    {
        _policy.Dispose();
        foreach (Action build in (Action[])[() => Runs.Small(_policy, _ => { }).Build(), () => new SftTrainerBuilder(_policy).Build()])
        {
            Assert.Contains("The TinyPolicy, or the base model of its adapter, is disposed", Assert.Throws<ObjectDisposedException>(build).Message);
        }
    }

    [Fact]
    public void Options_that_would_do_nothing_are_refused()
    {
        using TinyPolicy reference = TestData.Policy(seed: 2);
        GrpoTrainerBuilder builder = Runs.Small(_policy, options =>
        {
            options.OutputFolder = "runs/x";
            options.KeepInterval = 10;
            options.BestIsLowest = true;
            options.Freeze("model.visual.");
        }, new GrpoLoss(GrpoLossOptions.MedR1 with { KlCoefficient = 0 })).UseReference(reference);

        string[] expected =
        [
            "without it nothing is removed, so KeepInterval 10", "BestMetric is null, but BestIsLowest",
            $"No parameter's name begins with 'model.visual.', so Freeze would freeze nothing; names begin with '{_policy.Parameters[0].Key.Split('.')[0]}'",
            "The loss needs no reference",
        ];
        IReadOnlyList<string> mistakes = Assert.Throws<TrainerConfigurationException>(builder.Build).Errors;
        Assert.Equal(expected.Length, mistakes.Count);
        Assert.All(expected.Zip(mistakes), pair => Assert.Contains(pair.First, pair.Second));
        Assert.All(mistakes, mistake => Assert.Matches(@"\.(Use|Add|Configure)", mistake));
    }

    [Fact]
    public void Parameters_frozen_before_IsFrozen_was_set_are_accepted()
    {
        using GrpoTrainer trainer = Runs.Small(_policy, options =>
        {
            options.Freeze("model.visual.");
            options.IsFrozen = null;
        }).Build();
        Assert.All(_policy.Parameters, pair => Assert.True(pair.Value.requires_grad));
    }

    [Theory]
    [InlineData("accuracy", "options.BestMetric = \"eval/accuracy\"). For the training's own metric of that name, rename the evaluation")]
    [InlineData("eval/acuracy", "but the evaluations measure 'eval/accuracy', 'eval/accuracy'")]
    public void A_best_metric_that_nothing_measures_and_equal_names_are_refused(string best, string hint)
    {
        GrpoTrainerBuilder builder = Runs.Small(_policy, options => (options.OutputFolder, options.BestMetric) = ("runs/x", best));
        foreach (int _ in Enumerable.Range(0, 2))
        {
            builder.AddEvaluation("accuracy", (_, _) => ValueTask.FromResult(1.0));
        }

        IReadOnlyList<string> mistakes = Assert.Throws<TrainerConfigurationException>(builder.Build).Errors;
        Assert.Equal(2, mistakes.Count);
        Assert.StartsWith("2 evaluations are named 'accuracy'", mistakes[0]);
        Assert.Contains(hint, mistakes[1]);
    }

    [Fact]
    public void A_policy_without_trainable_parameters_is_distinguished_from_a_frozen_one()
    {
        Assert.StartsWith("Every parameter is frozen", Single(options => options.IsFrozen = _ => true));
        foreach ((_, TorchSharp.Modules.Parameter parameter) in _policy.Parameters)
        {
            parameter.requires_grad = false;
        }

        Assert.Contains("give the LoraPolicy to the builder", Single(_ => { }));

        string Single(Action<GrpoTrainerOptions> configure) => Assert.Single(
            Assert.Throws<TrainerConfigurationException>(Runs.Small(_policy, configure).Build).Errors);
    }

    [Fact]
    public void A_given_reference_is_not_overwritten()
    {
        using TinyPolicy reference = TestData.Policy(seed: 2);
        GrpoTrainerBuilder builder = Runs.Small(
            _policy, options => options.ReferenceSync = new ReferenceSyncOptions()).UseReference(reference);

        Assert.Contains(
            "would change the given reference",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Fact]
    public void A_limit_above_the_context_is_refused()
    {
        GrpoTrainerBuilder builder = Runs.Small(_policy, options => options.MaxPromptTokens = 512);

        Assert.Contains(
            "MaxPromptTokens is 512, but the model's context length is 512",
            Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    // Half of the context of 100, which the message offers, is accepted.
    [Fact]
    public void A_length_above_a_short_context_is_refused_with_one_that_fits()
    {
        using TinyPolicy policy = new(new TinyPolicyOptions { ContextLength = 100 });
        GrpoTrainerBuilder builder = Runs.Small(policy, options => options.MaxNewTokens = 256);

        Assert.Contains(
            "options.MaxNewTokens = 50", Assert.Single(Assert.Throws<TrainerConfigurationException>(builder.Build).Errors));
    }

    [Fact]
    public void A_missing_reward_is_named()
    {
        Assert.Equal("reward", Assert.Throws<ArgumentNullException>(() => new WeightedReward((IReward)null!)).ParamName);
        Assert.Equal("reward", Assert.Throws<ArgumentNullException>(() => new WeightedReward((IGroupReward)null!)).ParamName);
    }

    [Fact]
    public void Every_slot_is_filled_once()
    {
        using TinyPolicy other = TestData.Policy(seed: 2);
        Dictionary<string, Action<GrpoTrainerBuilder>> slots = new()
        {
            ["UsePrompts"] = builder => builder.UsePrompts(TestData.Prompts(2)),
            ["UsePrompt"] = builder => builder.UsePrompt(PromptTemplates.Plain),
            ["UseOrder"] = builder => builder.UseOrder(new SequentialOrder()),
            ["UseSampler"] = builder => builder.UseSampler(new ScriptedSampler("a")),
            ["UseLoss"] = builder => builder.UseLoss(new GrpoLoss(GrpoLossOptions.MedR1)),
            ["UseAdvantages"] = builder => builder.UseAdvantages(AdvantageOptions.Grpo),
            ["UseUpdatePlanner"] = builder => builder.UseUpdatePlanner(new WholeGroupPlanner()),
            ["UseReference"] = builder => builder.UseReference(other),
            ["UseRecordedRollouts"] = builder => builder.UseRecordedRollouts("folder"),
            ["ResumeFrom"] = builder => builder.ResumeFrom("folder"),
            ["ResumeIfAny"] = builder => builder.ResumeIfAny("folder"),
            ["AllowChangedSettings"] = builder => builder.AllowChangedSettings("LearningRate"),
        };

        Assert.All(slots, slot =>
        {
            GrpoTrainerBuilder builder = new(_policy);
            slot.Value(builder);
            Assert.StartsWith(
                $"{slot.Key} was already called",
                Assert.Throws<InvalidOperationException>(() => slot.Value(builder)).Message);
        });
    }

    [Fact]
    public async Task A_trainer_runs_once_at_a_time()
    {
        TaskCompletionSource release = new();
        using GrpoTrainer trainer = Runs.Small(_policy, options => options.MaxSteps = 1)
            .AddReward("slow", async (_, _) =>
            {
                await release.Task;
                return 1;
            })
            .Build();
        Task<TrainingReport> first = trainer.RunAsync();

        Assert.Contains(
            "already running", (await Assert.ThrowsAsync<InvalidOperationException>(() => trainer.RunAsync())).Message);

        release.SetResult();
        Assert.Equal(1, (await first).Steps);
    }

    [Fact]
    public void A_supervised_run_refuses_the_same_common_options()
    {
        TrainerConfigurationException exception = Assert.Throws<TrainerConfigurationException>(
            () => new SftTrainerBuilder(_policy).UseExamples(TestData.Examples(2)).Configure(options =>
            {
                options.KeepLast = 0;
                options.EvaluateAtStart = true;
                options.BestMetric = "eval/loss";
                options.OutputFolder = "runs/x";
            }).Build());

        Assert.Equal(3, exception.Errors.Count);
        Assert.All(exception.Errors, mistake => Assert.Matches(@"\.(Add|Configure)", mistake));
    }

    public void Dispose() => _policy.Dispose();
}
