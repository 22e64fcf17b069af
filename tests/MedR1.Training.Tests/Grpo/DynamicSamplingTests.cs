using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class DynamicSamplingTests
{
    private static readonly GrpoLoss Loss = new(GrpoLossOptions.Dapo with { MaskTruncatedCompletions = false });

    [Fact]
    public async Task Groups_that_agree_are_replaced_by_the_next_prompts_until_enough_disagree()
    {
        RolloutList rollouts = [];
        TrainingReport report = await RunAsync(rollouts, new DynamicSamplingOptions());

        // Only odd prompts disagree. Of 0 and 1, 1 is kept; 2 is dropped, 3 kept. Of 4 and 5, 5 is kept; 6 is dropped, 7 kept.
        Assert.Equal(["example 1", "example 3"], RolloutList.Examples(rollouts[0]));
        Assert.Equal(["example 5", "example 7"], RolloutList.Examples(rollouts[1]));
        Assert.All(rollouts, rollout => Assert.Equal((3, 2), (rollout.Rounds, rollout.DroppedGroups)));
        Assert.All(report.History, metrics =>
        {
            Assert.Equal(3, metrics.Values["dynamic_sampling/rounds"]);
            Assert.Equal(0.5, metrics.Values["dynamic_sampling/kept_fraction"]);
            Assert.Equal(0, metrics.Values["frac_reward_zero_std"]);
        });

        // All eight prompts were sampled: one epoch after two steps, though only four were used.
        Assert.Equal([0.5, 1.0], report.History.Select(metrics => metrics.Values["epoch"]));
    }

    [Fact]
    public async Task After_the_maximum_number_of_rounds_it_fills_up_with_agreeing_groups()
    {
        RolloutList rollouts = [];
        await RunAsync(rollouts, new DynamicSamplingOptions { MaxRounds = 2 });

        // 0 and 2 agree; the rounds end after 2, which is used nevertheless.
        Assert.Equal(["example 1", "example 2"], RolloutList.Examples(rollouts[0]));
        Assert.Equal((2, 1), (rollouts[0].Rounds, rollouts[0].DroppedGroups));
    }

    [Fact]
    public async Task The_named_reward_decides_instead_of_the_total()
    {
        // The shaped reward differs within every group, the right-or-wrong one only within the odd ones.
        RolloutList byTotal = [];
        await RunAsync(byTotal, new DynamicSamplingOptions(), shaped: true);
        RolloutList byName = [];
        await RunAsync(byName, new DynamicSamplingOptions { Reward = "right" }, shaped: true);

        Assert.Equal(["example 0", "example 1"], RolloutList.Examples(byTotal[0]));
        Assert.Equal(["example 1", "example 3"], RolloutList.Examples(byName[0]));
    }

    private static async Task<TrainingReport> RunAsync(
        RolloutList rollouts, DynamicSamplingOptions dynamicSampling, bool shaped = false)
    {
        using TinyPolicy policy = TestData.Policy();
        GrpoTrainerBuilder builder = new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(8))
            .UseOrder(new SequentialOrder())
            .UseLoss(Loss)
            .UseSampler(new ScriptedSampler((prompt, sample) => $"{sample}"))
            .AddReward("right", context => IsOdd(context) && context.Completion.SampleIndex == 0 ? 1 : 0)
            .AddObserver(rollouts)
            .Configure(options =>
            {
                options.PromptsPerStep = 2;
                options.MaxSteps = 2;
                options.MaxNewTokens = 4;
                options.DynamicSampling = dynamicSampling;
            });
        return await (shaped
            ? builder.AddReward("shaped", context => context.Completion.SampleIndex * 0.01) : builder).RunAsync();
    }

    private static bool IsOdd(RewardContext context) => (context.Example.Id[^1] - '0') % 2 == 1;
}
