namespace MedR1.Rewards.Tests;

public sealed class RepetitionRewardTests
{
    // 5 5 5 5 5: four pairs, one of them distinct: (1 − 1/4) · −1. Of 123, 231, 312 and 123, three are distinct.
    [Theory]
    [InlineData(new[] { 5, 5, 5, 5, 5 }, 2, -0.75)]
    [InlineData(new[] { 1, 2, 3, 4 }, 2, 0)]
    [InlineData(new[] { 1, 2, 3, 1, 2, 3 }, 3, -0.25)]
    [InlineData(new[] { 1, 2 }, 3, 0)]
    [InlineData(new[] { 1, 2, 1, 2, 1 }, 3, -1 / 3.0)]
    [InlineData(new int[0], 1, 0)]
    public async Task Repeated_runs_are_penalized(int[] tokens, int size, double expected) =>
        Assert.Equal(
            expected, (await new RepetitionReward(size).ScoreAsync(Contexts.Of("", tokens: tokens)))!.Value, 1e-12);

    [Fact]
    public void The_penalty_is_for_a_text_that_consists_only_of_repetitions() =>
        Assert.Equal(-0.375, RepetitionReward.Score([5, 5, 5, 5, 5], 2, -0.5), 1e-12);

    [Fact]
    public void A_penalty_that_rewards_is_refused()
    {
        _ = new RepetitionReward(2, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new RepetitionReward(2, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RepetitionReward(0));

        // All runs of no tokens are equal, so that any text would count as a repetition.
        Assert.Throws<ArgumentOutOfRangeException>("ngramSize", () => RepetitionReward.Score([1, 2, 3], 0, -1));
    }
}
