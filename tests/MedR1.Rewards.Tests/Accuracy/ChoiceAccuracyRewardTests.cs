namespace MedR1.Rewards.Tests;

public sealed class ChoiceAccuracyRewardTests
{
    private readonly ChoiceAccuracyReward _reward = new();

    [Fact]
    public async Task Strips_what_python_strips_and_dotnet_does_not() =>
        Assert.Equal(1.0, await _reward.Score("<answer>\u001CC\u001F</answer>"));

    [Fact]
    public async Task Keeps_what_python_keeps() =>
        Assert.Equal(0.0, await _reward.Score("<answer>\u200BC</answer>"));

    [Fact]
    public async Task Uses_the_first_tags_that_close_on_their_line() =>
        Assert.Equal(1.0, await _reward.Score("<answer>B\n</answer> <answer>C</answer>"));

    [Fact]
    public async Task Starts_at_the_first_of_two_open_tags() =>
        Assert.Equal(0.0, await _reward.Score("<answer><answer>C</answer>"));

    [Fact]
    public async Task Does_not_apply_to_an_open_question() =>
        Assert.Null(await _reward.Score("<answer>Edema</answer>", Contexts.Open));

    [Fact]
    public async Task Reports_a_prompt_without_an_example()
    {
        RewardContext context = new(VqaPrompt.Ask("?"), Contexts.Of("C").Completion);
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await _reward.ScoreAsync(context));
        Assert.Contains("VqaPrompt.Example", exception.Message);
    }
}
