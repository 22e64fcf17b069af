namespace MedR1.Rewards.Tests;

public sealed class CompositionTests
{
    private static readonly IReward s_accuracy = new ChoiceAccuracyReward();

    [Fact]
    public async Task A_gate_lets_through_what_has_earned_it()
    {
        GatedReward reward = new(new FormatReward(), s_accuracy);
        Assert.Equal("accuracy_if_format", reward.Name);
        Assert.Equal(1, await reward.Score("<think>x</think><answer>C</answer>"));
        Assert.Equal(0, await reward.Score("<think>x</think><answer>A</answer>"));
        Assert.Equal(0, await reward.Score("<answer>C</answer>"));
    }

    [Fact]
    public async Task A_closed_gate_may_cost_or_abstain_and_does_not_ask()
    {
        int asked = 0;
        DelegateReward counting = new("counting", _ => ++asked);
        Assert.Equal(-1, await new GatedReward(new FormatReward(), counting, closed: -1).Score("C"));
        Assert.Null(await new GatedReward(new FormatReward(), counting, closed: null).Score("C"));
        Assert.Null(await new GatedReward(new DelegateReward("none", _ => null), counting).Score("C"));
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task A_sum_leaves_out_what_abstains()
    {
        CompositeReward reward = new(
            "sum", (new DelegateReward("a", _ => 2), 0.5), (new DelegateReward("b", _ => null), 100), (s_accuracy, -3));
        Assert.Equal(1 - 3, await reward.Score("C"));
        Assert.Null(await new CompositeReward("none", (new DelegateReward("b", _ => null), 1)).Score("C"));
        Assert.Throws<ArgumentException>(() => new CompositeReward("empty"));
        Assert.Throws<ArgumentException>(() => new CompositeReward("bad", (s_accuracy, double.NaN)));
    }
}
