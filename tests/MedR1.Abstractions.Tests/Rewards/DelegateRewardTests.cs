namespace MedR1.Abstractions.Tests;

public sealed class DelegateRewardTests
{
    private static readonly RewardContext Context = new(
        VqaPrompt.Ask("Which?") with { Example = new VqaExample { Id = "q", Question = "Which?", Answer = "C" } },
        new Completion { Text = "C", TokenIds = [1, 2], StopReason = StopReason.EndToken });

    [Fact]
    public async Task Sees_the_completion_and_the_example()
    {
        DelegateReward reward =
            new("brevity", context => context.Example.Id == "q" && context.Completion.TokenCount < 3 ? 0.1 : 0.0);
        Assert.Equal("brevity", reward.Name);
        Assert.Equal(0.1, await reward.ScoreAsync(Context));
    }

    [Fact]
    public async Task Null_is_an_abstention() => Assert.Null(await new DelegateReward("none", _ => null).ScoreAsync(Context));

    [Fact]
    public async Task Runs_an_asynchronous_function_and_passes_cancellation_on()
    {
        DelegateReward reward = new("judge", async (context, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 1.0;
        });
        using CancellationTokenSource cancelled = new();
        ValueTask<double?> score = reward.ScoreAsync(Context, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await score);
    }

    [Fact]
    public void Rejects_an_empty_name() => Assert.Throws<ArgumentException>(() => new DelegateReward(" ", _ => 1.0));
}
