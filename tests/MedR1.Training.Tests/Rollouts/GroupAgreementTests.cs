namespace MedR1.Training.Tests;

public sealed class GroupAgreementTests
{
    [Theory]
    [InlineData(false, 0.3, 0.3)]
    [InlineData(false, 0.1 + 0.2, 0.3)]
    [InlineData(false, 0.3)]
    [InlineData(false)]
    [InlineData(true, 0.3, 0.3, 0.4)]
    public void A_group_disagrees_if_its_advantages_are_not_all_0(bool disagrees, params double[] totals)
    {
        CompletionGroup group = Group([.. totals.Select(total => new CompletionScore(total, [total, 1]))]);

        Assert.Equal(disagrees, GroupAgreement.Disagrees(group, reward: null));
        Assert.Equal(disagrees, GroupAgreement.Disagrees(group, reward: 0));
        Assert.False(GroupAgreement.Disagrees(group, reward: 1));
    }

    [Fact]
    public void Completions_without_a_total_or_reward_are_ignored()
    {
        Assert.False(GroupAgreement.Disagrees(Group([new(1, [1]), new(null, [0])]), reward: 0));
        Assert.False(GroupAgreement.Disagrees(Group([new(1, [1, null]), new(1, [1, 0])]), reward: 1));
    }

    private static CompletionGroup Group(CompletionScore[] scores) => new(
        VqaPrompt.Ask("?"),
        [.. scores.Select((_, index) => new Completion
        {
            Text = "",
            TokenIds = [1],
            StopReason = StopReason.EndToken,
            SampleIndex = index,
        })])
    {
        Scores = scores,
    };
}
