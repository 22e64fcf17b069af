namespace MedR1.Rewards.Tests;

public sealed class DelegateRewardTests
{
    [Fact]
    public async Task Sees_the_completion_and_the_example()
    {
        DelegateReward reward =
            new("brevity", context => context.Example.Id == "q" && context.Completion.TokenCount < 3 ? 0.1 : 0.0);
        Assert.Equal("brevity", reward.Name);
        Assert.Equal(0.1, await reward.Score("C"));
    }

    [Fact]
    public async Task Abstains_by_null() => Assert.Null(await new DelegateReward("none", _ => null).Score("C"));

    [Fact]
    public async Task Runs_an_asynchronous_function_and_hands_on_its_cancellation()
    {
        DelegateReward reward = new("judge", async (context, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 1.0;
        });
        using CancellationTokenSource cancelled = new();
        ValueTask<double?> score = reward.ScoreAsync(Contexts.Of("C"), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await score);
    }

    [Fact]
    public void Rejects_an_empty_name() => Assert.Throws<ArgumentException>(() => new DelegateReward(" ", _ => 1.0));
}
