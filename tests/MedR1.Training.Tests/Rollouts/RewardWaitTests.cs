using static MedR1.Training.Tests.Scoring;

namespace MedR1.Training.Tests;

/// <summary>Rewards that wait: time limits and cancellation.</summary>
public sealed class RewardWaitTests
{
    [Fact]
    public async Task A_reward_that_blocks_its_thread_is_abandoned_after_its_timeout()
    {
        using ManualResetEventSlim release = new();
        RewardScorer scorer = new(
            [new WeightedReward(Reward("deaf", context =>
            {
                if (context.Completion.SampleIndex == 0)
                {
                    release.Wait();
                }

                return 1;
            }))],
            new RewardScorerOptions { Timeout = TimeSpan.FromSeconds(1) });

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1)]);
        release.Set();

        Assert.Equal([null, 1.0], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.Equal(RewardFailureKind.Timeout, Assert.Single(scored.Failures).Kind);
    }

    [Fact]
    public async Task A_reward_that_waits_is_cancelled_after_its_timeout()
    {
        Waiting reward = new();
        RewardScorer scorer = new(
            [new WeightedReward(reward)], new RewardScorerOptions { Timeout = TimeSpan.FromMilliseconds(200) });

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1)]);

        Assert.All(scored.Failures, failure => Assert.Equal(RewardFailureKind.Timeout, failure.Kind));
        Assert.Equal("it did not finish within 0.2 s.", scored.Failures[0].Message);
        await reward.RequireCancelledAsync(2);
    }

    [Fact]
    public async Task A_reward_that_waits_is_cancelled_with_the_scoring()
    {
        Waiting reward = new();
        using CancellationTokenSource source = new();
        Task<ScoredGroups> scoring = new RewardScorer([new WeightedReward(reward)]).ScoreAsync([Group(1, 1)], source.Token);
        await reward.RequireStartedAsync(2);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => scoring);
        await reward.RequireCancelledAsync(2);
    }

    [Fact]
    public async Task A_reward_that_waits_is_cancelled_when_the_failure_of_another_stops_the_run()
    {
        Waiting reward = new();
        RewardScorer scorer = new(
            [
                new WeightedReward(reward),
                new WeightedReward(new DelegateReward("odd", async (_, _) =>
                {
                    await reward.RequireStartedAsync(1);
                    return double.NaN;
                })),
            ],
            new RewardScorerOptions { StopOnFailure = true });

        await Assert.ThrowsAsync<RewardFailureException>(() => scorer.ScoreAsync([Group(1)]));

        await reward.RequireCancelledAsync(1);
    }

    [Fact]
    public async Task A_timeout_within_a_reward_is_a_failure_of_the_reward()
    {
        RewardScorer scorer = new(
        [
            new WeightedReward(Reward("pattern", _ => throw new TimeoutException("the pattern took too long"))),
            new WeightedReward(Reward("request", _ => throw new TaskCanceledException("no answer from the server"))),
        ]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(1)]);

        Assert.All(scored.Failures, failure => Assert.Equal(RewardFailureKind.Exception, failure.Kind));
        Assert.Equal(
            ["TimeoutException: the pattern took too long", "TaskCanceledException: no answer from the server"],
            scored.Failures.Select(failure => failure.Message));
        Assert.IsType<TimeoutException>(scored.Failures[0].Exception);
    }

    [Fact]
    public async Task Cancelling_ends_the_scoring()
    {
        RewardScorer scorer = new([new WeightedReward(Reward("any", _ => 1))]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => scorer.ScoreAsync([Group(1)], new CancellationToken(true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(5e9)]
    public void A_time_limit_that_nothing_can_wait_for_is_refused(double milliseconds) => Assert.Throws<ArgumentOutOfRangeException>(
        "options", () => new RewardScorer(
            [new WeightedReward(Reward("any", _ => 1))],
            new RewardScorerOptions { Timeout = TimeSpan.FromMilliseconds(milliseconds) }));

    [Fact]
    public async Task A_reward_may_have_no_time_limit()
    {
        RewardScorer scorer = new(
            [new WeightedReward(Reward("any", _ => 1))], new RewardScorerOptions { Timeout = Timeout.InfiniteTimeSpan });

        Assert.Equal(1, (await scorer.ScoreAsync([Group(1)])).Groups[0].Scores![0].Total);
    }

    /// <summary>A reward that waits until its token is cancelled.</summary>
    private sealed class Waiting : IReward
    {
        private readonly SemaphoreSlim _started = new(0);
        private readonly SemaphoreSlim _cancelled = new(0);

        public string Name => "waiting";

        public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
        {
            _started.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                _cancelled.Release();
            }

            return 1;
        }

        public Task RequireStartedAsync(int calls) => RequireAsync(_started, calls);

        public Task RequireCancelledAsync(int calls) => RequireAsync(_cancelled, calls);

        private static async Task RequireAsync(SemaphoreSlim semaphore, int calls)
        {
            for (int call = 0; call < calls; call++)
            {
                Assert.True(await semaphore.WaitAsync(TimeSpan.FromSeconds(20)));
            }
        }
    }
}
