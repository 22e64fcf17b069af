namespace MedR1.Rewards.Tests;

public sealed class CompositionTests
{
    private static readonly IReward s_accuracy = new ChoiceAccuracyReward();

    [Fact]
    public async Task A_gate_passes_the_score_on_if_its_condition_is_met()
    {
        GatedReward reward = new(new FormatReward(), s_accuracy);
        Assert.Equal("accuracy_if_format", reward.Name);
        Assert.Equal(1, await reward.Score("<think>x</think><answer>C</answer>"));
        Assert.Equal(0, await reward.Score("<think>x</think><answer>A</answer>"));
        Assert.Equal(0, await reward.Score("<answer>C</answer>"));
    }

    [Fact]
    public async Task A_closed_gate_gives_a_penalty_or_abstains_without_calling_the_reward()
    {
        int asked = 0;
        DelegateReward counting = new("counting", _ => ++asked);
        Assert.Equal(-1, await new GatedReward(new FormatReward(), counting, closed: -1).Score("C"));
        Assert.Null(await new GatedReward(new FormatReward(), counting, closed: null).Score("C"));
        Assert.Null(await new GatedReward(new DelegateReward("none", _ => null), counting).Score("C"));
        Assert.Equal(0, asked);
    }

    [Fact]
    public void A_gate_that_could_never_open_or_has_no_finite_score_is_refused()
    {
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => new GatedReward(s_accuracy, s_accuracy, double.NaN)).Message);
        Assert.Contains(
            "for a closed gate is -Infinity", Assert.Throws<ArgumentException>(
                () => new GatedReward(s_accuracy, s_accuracy, closed: double.NegativeInfinity)).Message);
    }

    [Fact]
    public async Task A_sum_excludes_rewards_that_abstain()
    {
        CompositeReward reward = new(
            "sum", (new DelegateReward("a", _ => 2), 0.5), (new DelegateReward("b", _ => null), 100), (s_accuracy, -3));
        Assert.Equal(1 - 3, await reward.Score("C"));
        Assert.Null(await new CompositeReward("none", (new DelegateReward("b", _ => null), 1)).Score("C"));
        Assert.Throws<ArgumentException>(() => new CompositeReward("empty"));
        Assert.Throws<ArgumentException>(() => new CompositeReward("bad", (s_accuracy, double.NaN)));
    }

    // A trainer excludes a completion whose score is not finite; 0 or the score of a right answer would hide the failure.
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public async Task A_failing_part_fails_the_composition(double failed)
    {
        DelegateReward failing = new("failing", _ => failed);
        Assert.Equal(failed, await new GatedReward(failing, s_accuracy).Score("C"));
        Assert.Equal(failed, await new GatedReward(s_accuracy, failing).Score("C"));
        Assert.Equal(failed, await new CosineLengthReward(failing, new CosineLengthOptions { MaxTokens = 10 }).Score("C"));
        Assert.Equal(failed, await new CompositeReward("sum", (s_accuracy, 1), (failing, 1)).Score("C"));
    }
}
