using static MedR1.Training.Tests.Scoring;

namespace MedR1.Training.Tests;

public sealed class GroupRewardScoringTests
{
    [Fact]
    public async Task A_group_reward_scores_all_completions_at_once()
    {
        RewardScorer scorer = new([new WeightedReward(new Ranking(2), 2)]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(5, 3)]);

        Assert.Equal([0.0, 2.0], scored.Groups[0].Scores!.Select(score => score.Total));
    }

    [Theory]
    [InlineData(3, "it returned 3 scores for a group of 2 completions.")]
    [InlineData(null, "it returned null and no scores for a group of 2 completions.")]
    public async Task A_group_reward_with_the_wrong_number_of_scores_leaves_the_group_out(int? count, string message)
    {
        RewardScorer scorer = new([new WeightedReward(new Ranking(count))]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(5, 3)]);

        Assert.All(scored.Groups[0].Scores!, score => Assert.Null(score.Total));
        RewardFailure failure = Assert.Single(scored.Failures);
        Assert.Equal((RewardFailureKind.CountMismatch, message), (failure.Kind, failure.Message));
    }

    [Fact]
    public async Task A_group_reward_that_is_not_finite_names_its_first_completion_and_counts_them()
    {
        RewardScorer scorer = new([new WeightedReward(new Odd())]);

        ScoredGroups scored = await scorer.ScoreAsync([Group(5, 3, 2)]);

        Assert.Equal([0.0, null, null], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.Equal(
            "it returned NaN for sample 1, and nothing finite for 2 of the group's 3.", Assert.Single(scored.Failures).Message);
    }

    // The good reward alone would give totals of 1, as if the failed one had returned 0.
    [Theory]
    [InlineData(RewardFailureKind.Exception)]
    [InlineData(RewardFailureKind.Timeout)]
    [InlineData(RewardFailureKind.CountMismatch)]
    public async Task A_failed_group_reward_leaves_the_whole_group_out_but_no_other(RewardFailureKind kind)
    {
        RewardScorer scorer = new(
            [new WeightedReward(new Failing(kind)), new WeightedReward(Reward("good", _ => 1))],
            new RewardScorerOptions { Timeout = TimeSpan.FromSeconds(1) });

        ScoredGroups scored = await scorer.ScoreAsync([Group(5, 3), Group(1, 1)]);

        Assert.Equal([null, null], scored.Groups[0].Scores!.Select(score => score.Total));
        Assert.Equal([2.0, 2.0], scored.Groups[1].Scores!.Select(score => score.Total));
        Assert.Equal([2, 0], scored.FailedCompletions);
        Assert.Equal(kind, Assert.Single(scored.Failures).Kind);
    }

    // Fails on groups whose first completion has five tokens.
    private sealed class Failing(RewardFailureKind kind) : IGroupReward
    {
        public string Name => "failing";

        public async ValueTask<IReadOnlyList<double?>> ScoreAsync(
            CompletionGroup group, CancellationToken cancellationToken = default)
        {
            if (group.Completions[0].TokenCount != 5)
            {
                return [1, 1];
            }

            await (kind switch
            {
                RewardFailureKind.Exception => throw new FormatException("bad tag"),
                RewardFailureKind.Timeout => Task.Delay(Timeout.Infinite, cancellationToken),
                _ => Task.CompletedTask,
            });
            return [1];
        }
    }

    private sealed class Odd : IGroupReward
    {
        public string Name => "odd";

        public ValueTask<IReadOnlyList<double?>> ScoreAsync(
            CompletionGroup group, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<double?>>([0, double.NaN, double.PositiveInfinity]);
    }

    private sealed class Ranking(int? count) : IGroupReward
    {
        public string Name => "ranking";

        public ValueTask<IReadOnlyList<double?>> ScoreAsync(
            CompletionGroup group, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult<IReadOnlyList<double?>>(
                count is int scores ? [.. Enumerable.Range(0, scores).Select(place => (double?)place)] : null!);
    }
}
