using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class FailedCompletionTests
{
    [Fact]
    public async Task A_completion_on_which_a_reward_failed_is_left_out_of_its_group()
    {
        // The rewards 0, 1 and 2 have mean 1 and deviation 1 (n − 1); 9 would change both, but a second reward fails on that completion.
        RolloutList rollouts = [];
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await new GrpoTrainerBuilder(policy)
            .UsePrompts(TestData.Prompts(2))
            .AddReward("good", context => context.Completion.SampleIndex is 3 and int last ? last * 3 : context.Completion.SampleIndex)
            .AddReward("fragile", context => context.Completion.SampleIndex == 3 ? throw new FormatException("bad tag") : 0)
            .AddObserver(rollouts)
            .Configure(options => (options.PromptsPerStep, options.GroupSize, options.MaxSteps, options.MaxNewTokens) = (2, 4, 1, 6))
            .RunAsync();

        // TRL divides by the deviation plus 1e-4.
        Assert.All(rollouts[0].Advantages, group => Assert.Equal([-1 / 1.0001, 0, 1 / 1.0001, 0], group, Close));
        Assert.Equal(1, report.LastMetrics["reward"], 1e-9);
        Assert.Equal(1, report.LastMetrics["rewards/good/mean"], 1e-9);
        Assert.Equal(2, report.RewardFailures["fragile"]);

        static bool Close(double left, double right) => Math.Abs(left - right) < 1e-6;
    }

    // That no completion of any prompt has a total would be a mistake in the reward.
    [Fact]
    public async Task A_run_goes_on_if_a_reward_fails_on_all_completions_of_one_prompt_of_its_first_rollout()
    {
        using TinyPolicy policy = TestData.Policy();
        TrainingReport report = await Runs.Small(policy, options => options.MaxSteps = 1, prompts: 2)
            .AddReward("picky", context => context.Example.Id == "example 0" ? throw new FormatException("no such key") : 1)
            .RunAsync();

        // All four completions of one of two prompts.
        Assert.Equal((1, 4), (report.Steps, report.RewardFailures["picky"]));
    }
}
