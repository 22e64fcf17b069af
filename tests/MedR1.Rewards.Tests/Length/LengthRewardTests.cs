namespace MedR1.Rewards.Tests;

public sealed class LengthRewardTests
{
    // DAPO, equation 13, with L_max 100 and L_cache 20: (80 − 90)/20 = −0.5.
    [Theory]
    [InlineData(80, 0)]
    [InlineData(81, -0.05)]
    [InlineData(90, -0.5)]
    [InlineData(100, -1)]
    [InlineData(101, -1)]
    public async Task Overlong_completions_are_penalized_softly(int tokens, double expected) =>
        Assert.Equal(
            expected,
            await new SoftOverlongReward(100, 20).ScoreAsync(Contexts.Of("", tokens: new int[tokens])));

    [Fact]
    public void Without_a_buffer_the_penalty_is_sudden() =>
        Assert.Equal([0, -1], new[] { 100, 101 }.Select(tokens => SoftOverlongReward.Score(tokens, 100, 0)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0.5)]
    [InlineData(10, 1)]
    [InlineData(40, 1)]
    [InlineData(60, 0.5)]
    [InlineData(90, 0)]
    public void Length_is_right_in_a_range(int tokens, double expected) =>
        Assert.Equal(expected, LengthReward.Score(tokens, 10, 40));

    [Fact]
    public async Task Correctness_falls_along_a_cosine()
    {
        // At half of the length the cosine is 0: midway between the ends.
        CosineLengthReward reward = new(new DelegateReward("right", context => context.Text switch
        {
            "right" => 1, "half" => 0.5, "punished" => -1, "wrong" => 0, _ => null,
        }), new CosineLengthOptions { MaxTokens = 100 });
        async Task<double?> Score(string text, int tokens) =>
            await reward.ScoreAsync(Contexts.Of(text, tokens: new int[tokens]));
        Assert.Equal(0.75, (await Score("right", 50))!.Value, 1e-12);
        Assert.Equal(-0.75, (await Score("wrong", 50))!.Value, 1e-12);

        // Anything but 0 is right.
        Assert.Equal(0.75, (await Score("half", 50))!.Value, 1e-12);
        Assert.Equal(0.75, (await Score("punished", 50))!.Value, 1e-12);
        Assert.Equal(0.5, await Score("right", 1000));
        Assert.Null(await Score("?", 50));
    }

    [Fact]
    public void Invalid_lengths_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SoftOverlongReward(10, 11));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LengthReward(5, 4));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new CosineLengthReward(new FormatReward(), new CosineLengthOptions { MaxTokens = 0 }));
    }
}
