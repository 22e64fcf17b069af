using MedR1.Losses;
using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class DynamicSamplingTests
{
    private static readonly GrpoLoss Loss = new(GrpoLossOptions.Dapo with { ExcludeTruncated = false });

    [Fact]
    public async Task Groups_that_agree_are_replaced_by_the_next_prompts_until_enough_disagree()
    {
        RolloutList rollouts = [];
        TrainingReport report = await RunAsync(rollouts, new DynamicSamplingOptions());

        // Only odd prompts disagree. Of 0 and 1 stays 1; 2 goes, 3 stays. Of 4 and 5 stays 5; 6 goes, 7 stays.
        Assert.Equal(["example 1", "example 3"], RolloutList.Examples(rollouts[0]));
        Assert.Equal(["example 5", "example 7"], RolloutList.Examples(rollouts[1]));
        Assert.All(rollouts, rollout => Assert.Equal((3, 2), (rollout.Rounds, rollout.DroppedGroups)));
        Assert.All(report.History, metrics =>
        {
            Assert.Equal(3, metrics.Values["dynamic_sampling/rounds"]);
            Assert.Equal(0.5, metrics.Values["dynamic_sampling/kept_share"]);
            Assert.Equal(0, metrics.Values["frac_reward_zero_std"]);
        });

        // Eight prompts are all of them: one epoch after two steps, though only four were used.
        Assert.Equal([0.5, 1.0], report.History.Select(metrics => metrics.Values["epoch"]));
    }

    [Fact]
    public async Task It_gives_up_after_so_many_rounds_and_fills_up()
    {
        RolloutList rollouts = [];
        await RunAsync(rollouts, new DynamicSamplingOptions { MaxRounds = 2 });

        // 0 and 2 agree; the rounds are over after 2, which is taken all the same.
        Assert.Equal(["example 1", "example 2"], RolloutList.Examples(rollouts[0]));
        Assert.Equal((2, 1), (rollouts[0].Rounds, rollouts[0].DroppedGroups));
    }

    [Fact]
    public async Task The_named_reward_decides_not_the_total()
    {
        // The shaped reward differs in every group; the right-or-wrong one in the odd ones only.
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
