using MedR1.Testing;

namespace MedR1.Training.Tests;

public sealed class FailingRewardTests
{
    [Fact]
    public async Task Failing_rewards_are_counted_by_name_and_the_run_continues()
    {
        using TinyPolicy policy = TestData.Policy();
        using GrpoTrainer trainer = Runs.Scripted(policy)
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
        using GrpoTrainer trainer = Runs.Scripted(policy).AddReward("odd", _ => double.NaN)
            .Configure(options => options.StopOnRewardFailure = true).Build();

        Assert.Equal(
            "odd", (await Assert.ThrowsAsync<RewardFailureException>(() => trainer.RunAsync())).Failure.Reward);
    }
}
