using static MedR1.Training.Tests.Scoring;

namespace MedR1.Training.Tests;

public sealed class RewardScorerTests
{
    [Fact]
    public async Task Rewards_are_weighted_and_those_that_abstain_left_out()
    {
        RewardScorer scorer = new(
        [
            new WeightedReward(Reward("length", context => context.Completion.TokenCount), 0.5),
            new WeightedReward(Reward("second", context => context.Completion.SampleIndex == 1 ? null : 10.0)),
        ]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(2, 4)]);

        // 0.5 · 2 + 10, and 0.5 · 4 alone.
        Assert.Equal([11.0, 2.0], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.Equal([4.0, null], scored.Groups[0].Scores![1].ByReward);
        Assert.Empty(scored.Failures);
    }

    [Fact]
    public async Task A_completion_that_no_reward_applies_to_has_no_total()
    {
        RewardScorer scorer = new([new WeightedReward(Reward("none", _ => null))]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(1)]);

        Assert.Null(scored.Groups[0].Scores![0].Total);
        Assert.Empty(scored.Failures);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-double.MaxValue)]
    public async Task A_reward_that_is_not_finite_excludes_its_completion_and_is_named(double value)
    {
        RewardScorer scorer = new(
        [
            new WeightedReward(Reward("odd", context => context.Completion.SampleIndex == 0 ? value : 1)),
            new WeightedReward(Reward("good", _ => 1)),
        ]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1)]);

        Assert.Equal([null, 2.0], scored.Groups[0].Scores!.Select(score => score.Total));
        RewardFailure failure = Assert.Single(scored.Failures);
        Assert.Equal(("odd", RewardFailureKind.NotFinite), (failure.Reward, failure.Kind));
    }

    // float32 ends at 3.4e38: 1e38 · 8 is above it, as is the sum of 3e38 and 2 · 1e38; 1e30 · 2 is not.
    [Fact]
    public async Task A_total_that_is_infinite_in_float32_excludes_its_completion_and_names_the_reward_that_contributes_most()
    {
        RewardScorer scorer = new(
        [
            new WeightedReward(Reward("large", context => context.Completion.SampleIndex == 0 ? 1e38 : 0), 8),
            new WeightedReward(Reward("first", context => context.Completion.SampleIndex switch { 1 => 3e38, 2 => 1e30, _ => 0 })),
            new WeightedReward(Reward("second", context => context.Completion.SampleIndex switch { 1 => 1e38, 2 => 1e30, _ => 0 }), 2),
        ]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1, 1)]);

        Assert.Equal([null, null, 1e30 + 2 * 1e30], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.All(scored.Failures, failure => Assert.Equal(RewardFailureKind.NotFinite, failure.Kind));
        Assert.Equal(["large", "first"], scored.Failures.Select(failure => failure.Reward));
        Assert.Equal(
            "its score 1E+38 times its weight 8 makes the total of sample 0 8E+38, which is infinite in float32; use smaller scores "
            + "or weights.", scored.Failures[0].Message);
        Assert.Equal([2], scored.FailedCompletions);
    }

    [Fact]
    public async Task A_total_that_is_infinite_in_float32_stops_the_run_if_the_options_say_so()
    {
        RewardScorer scorer = new(
            [new WeightedReward(Reward("large", _ => 1e30), 1e300)], new RewardScorerOptions { StopOnFailure = true });

        RewardFailureException exception = await Assert.ThrowsAsync<RewardFailureException>(() => scorer.ScoreAsync([Group(1)]));

        Assert.Contains("Reward 'large' failed: its score 1E+30 times its weight 1E+300", exception.Message);
    }

    [Fact]
    public async Task A_reward_that_throws_excludes_its_completion_and_is_named()
    {
        RewardScorer scorer = new([new WeightedReward(Reward(
            "fragile", context => context.Completion.SampleIndex == 1 ? throw new FormatException("bad tag") : 1))]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1)]);

        Assert.Equal([1.0, null], scored.Groups[0].Scores!.Select(score => score.Total));
        RewardFailure failure = Assert.Single(scored.Failures);
        Assert.Equal(RewardFailureKind.Exception, failure.Kind);
        Assert.Equal("FormatException: bad tag", failure.Message);
        Assert.IsType<FormatException>(failure.Exception);
    }

    // The good reward alone would give a total of 1, as if the failed one had returned 0.
    [Theory]
    [InlineData(RewardFailureKind.Exception)]
    [InlineData(RewardFailureKind.Timeout)]
    public async Task A_failed_reward_does_not_count_as_0_beside_one_that_works(RewardFailureKind kind)
    {
        RewardScorer scorer = new(
            [
                new WeightedReward(new DelegateReward("bad", async (context, cancellationToken) =>
                {
                    if (context.Completion.SampleIndex == 1)
                    {
                        await (kind == RewardFailureKind.Timeout
                            ? Task.Delay(Timeout.Infinite, cancellationToken) : throw new FormatException("bad tag"));
                    }

                    return 1;
                })),
                new WeightedReward(Reward("good", _ => 1)),
            ],
            new RewardScorerOptions { Timeout = TimeSpan.FromSeconds(1) });

        ScoredGroups scored = await scorer.ScoreAsync([Group(1, 1)]);

        Assert.Equal([2.0, null], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.Equal([1], scored.FailedCompletions);
        Assert.Equal(kind, Assert.Single(scored.Failures).Kind);
    }

    [Fact]
    public async Task A_reward_whose_exception_has_no_message_is_named()
    {
        RewardScorer scorer = new([new WeightedReward(Reward("fragile", _ => throw new Unspeakable()))]);

        RewardFailure failure = Assert.Single((await scorer.ScoreAsync([Group(1)])).Failures);

        Assert.Equal("fragile", failure.Reward);
        Assert.Equal("Unspeakable: its Message threw KeyNotFoundException.", failure.Message);
        Assert.IsType<Unspeakable>(failure.Exception);
    }

    [Fact]
    public async Task A_failure_stops_the_run_if_the_options_say_so()
    {
        RewardScorer scorer = new(
            [new WeightedReward(Reward("odd", _ => double.NaN))], new RewardScorerOptions { StopOnFailure = true });

        RewardFailureException exception = await Assert.ThrowsAsync<RewardFailureException>(
            () => scorer.ScoreAsync([Group(1)]));

        Assert.Contains("'odd'", exception.Message);
        Assert.Contains("StopOnRewardFailure", exception.Message);
    }

    private sealed class Unspeakable : Exception
    {
        public override string Message => throw new KeyNotFoundException("no text for this code");
    }
}
