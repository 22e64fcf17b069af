namespace MedR1.Losses.Tests;

/// <summary>Rewards, weights and penalties from which no advantages can be computed.</summary>
public sealed class GroupAdvantageRefusalTests
{
    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_reward_that_is_not_finite_is_refused_with_its_place(double value)
    {
        ArgumentException exception = Assert.Throws<ArgumentException>(
            () => GroupAdvantages.Compute([[1, 1], [0, value]], null, [0, 0]));
        Assert.Contains("Reward 1 of row 1", exception.Message);
    }

    [Fact]
    public void Numbers_of_rows_and_rewards_must_agree()
    {
        Assert.Contains("1 group ids for 2 rows", Assert.Throws<ArgumentException>(
            () => GroupAdvantages.Compute([[1], [0]], null, [0])).Message);
        Assert.Contains("Row 1 has 2 rewards, expected 1", Assert.Throws<ArgumentException>(
            () => GroupAdvantages.Compute([[1], [0, 0]], null, [0, 0])).Message);
        Assert.Contains("Row 0 has 1 rewards, expected 2", Assert.Throws<ArgumentException>(
            () => GroupAdvantages.Compute([[1], [0]], [1, 1], [0, 0])).Message);
    }

    [Fact]
    public void Penalties_are_subtracted_from_the_sum_and_refused_without_one()
    {
        double?[][] rewards = [[1], [1]];
        Assert.Equal([-0.5, 0.5], GroupAdvantages.Compute(rewards, null, [0, 0], AdvantageOptions.DrGrpo, [1, 0]).Advantages);
        Assert.Contains("NormalizeThenSum has no sum of raw rewards", Assert.Throws<ArgumentException>(
            () => GroupAdvantages.Compute(rewards, null, [0, 0], AdvantageOptions.Gdpo, [1, 0])).Message);
    }

    [Fact]
    public void Weights_and_penalties_that_are_not_finite_are_refused_with_their_place()
    {
        ArgumentException weight = Assert.Throws<ArgumentException>(
            "weights", () => GroupAdvantages.Compute([[1, 2], [3, 4]], [1, double.NaN], [0, 0]));
        Assert.Contains("The weight of reward 1 is NaN", weight.Message);
        ArgumentException penalty = Assert.Throws<ArgumentException>(
            "penalties", () => GroupAdvantages.Compute([[1], [2]], null, [0, 0], penalties: [0, double.PositiveInfinity]));
        Assert.Contains("The penalty of row 1 is ", penalty.Message);
        Assert.Throws<ArgumentException>(
            "penalties", () => GroupAdvantages.Compute([[1], [2]], null, [0, 0], AdvantageOptions.Gdpo, [0, 0]));
        Assert.Contains(
            "one for each of row 0",
            Assert.Throws<ArgumentException>("rewards", () => GroupAdvantages.Compute([[1], [2, 3]], null, [0, 0])).Message);
        Assert.Contains(
            "one for each weight",
            Assert.Throws<ArgumentException>("rewards", () => GroupAdvantages.Compute([[1], [2, 3]], [1], [0, 0])).Message);
    }
}
