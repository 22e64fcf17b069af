namespace MedR1.Losses.Tests;

/// <summary>What an estimator is given, and the statistics that are added to its advantages.</summary>
public sealed class AdvantageInputsTests
{
    [Fact]
    public void Groups_hold_the_rows_with_a_total()
    {
        AdvantageInputs inputs = new([[1, 2], [null, null], [null, 4], [3, null]], [1, 0.5], [9, 8, 8, 9], [5, 6, 7, 0]);

        Assert.Equal([2.0, null, 2.0, 3.0], inputs.Totals);
        Assert.Equal(4, inputs.Count);
        Assert.Equal([9L, 8L], inputs.Groups.Select(group => group.Id));
        Assert.Equal([[0, 3], [2]], inputs.Groups.Select(group => group.Rows));
        Assert.Equal([[2.0, 3.0], [2.0]], inputs.Groups.Select(group => group.Totals));
        Assert.Equal([[5, 0], [7]], inputs.Groups.Select(group => group.TokenCounts));
        Assert.Equal([true, false], inputs.Groups.Select(group => group.HasSpread));
        Assert.Equal(new RewardStatistics(2, 2.5, Math.Sqrt(0.5)), inputs.Groups[0].Statistics);
    }

    [Fact]
    public void Without_weights_each_reward_counts_once()
    {
        Assert.Equal([1.0, 1.0], Scored.Inputs([1, 0], [0, 0]).Weights.Concat(Scored.Inputs([1], [0]).Weights));
        Assert.Empty(new AdvantageInputs([], null, [], []).Weights);
    }

    [Fact]
    public void Totals_that_differ_only_by_rounding_have_no_spread()
    {
        Assert.False(Scored.Inputs([0.1 + 0.2, 0.3], [0, 0]).Groups[0].HasSpread);
        Assert.True(Scored.Inputs([0.3, 0.3001], [0, 0]).Groups[0].HasSpread);
    }

    [Fact]
    public void The_statistics_are_those_of_the_default_estimator()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            AdvantageInputs inputs = Scored.Random(seed, isBinary: true);
            double[] advantages = new double[inputs.Count];
            AdvantageResult made = inputs.ToResult(advantages);
            AdvantageResult own = GroupAdvantages.Compute(inputs.Rewards, null, inputs.GroupIds);

            Assert.Same(advantages, made.Advantages);
            Assert.Equal(own.Totals, made.Totals);
            Assert.Equal(own.Groups, made.Groups);
            Assert.Equal(own.ByReward, made.ByReward);
            Assert.Equal(own.ToMetrics(["right"]), made.ToMetrics(["right"]));
        }
    }

    [Fact]
    public void A_group_of_one_row_has_no_spread_in_the_statistics_either()
    {
        AdvantageInputs inputs = Scored.Inputs([5, 1, 0], [1, 2, 2]);
        Assert.Equal(1.0 / 3, inputs.ToResult(new double[3]).ZeroStandardDeviationFraction, 1e-15);
    }

    [Fact]
    public void The_default_estimator_computes_what_its_function_does()
    {
        foreach (AdvantageOptions options in (AdvantageOptions[])[AdvantageOptions.Grpo, AdvantageOptions.Gdpo, AdvantageOptions.Rloo])
        {
            AdvantageInputs inputs = new([[1, 2], [0, null], [1, 1], [0.5, 3]], [1, 0.5], [0, 0, 1, 1], [1, 1, 1, 1]);
            AdvantageResult made = new GroupAdvantages(options).Compute(inputs);
            Assert.Equal(
                GroupAdvantages.Compute(inputs.Rewards, [1, 0.5], inputs.GroupIds, options).Advantages, made.Advantages);
            Assert.Contains(made.Advantages, advantage => advantage != 0);
        }

        InvalidLossOptionsException exception = Assert.Throws<InvalidLossOptionsException>(
            () => new GroupAdvantages(new AdvantageOptions { Epsilon = -1 }));
        Assert.Equal("Epsilon is -1, expected a finite number of at least 0.", Assert.Single(exception.Errors));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        double?[][] rewards = [[1], [2]];
        Assert.StartsWith(
            "There are 3 token counts for 2 rows",
            Assert.Throws<ArgumentException>("tokenCounts", () => new AdvantageInputs(rewards, null, [0, 0], [1, 2, 3])).Message);
        Assert.StartsWith(
            "The token count of row 1 is -4",
            Assert.Throws<ArgumentException>("tokenCounts", () => new AdvantageInputs(rewards, null, [0, 0], [1, -4])).Message);
        Assert.StartsWith(
            "There are 1 group ids for 2 rows",
            Assert.Throws<ArgumentException>("groupIds", () => new AdvantageInputs(rewards, null, [0], [1, 1])).Message);
        Assert.StartsWith(
            "Reward 0 of row 1 is NaN",
            Assert.Throws<ArgumentException>("rewards", () => new AdvantageInputs([[1], [double.NaN]], null, [0, 0], [1, 1])).Message);
        Assert.Throws<ArgumentNullException>("rewards", () => new AdvantageInputs(null!, null, [0], [1]));
        Assert.Throws<ArgumentNullException>("groupIds", () => new AdvantageInputs(rewards, null, null!, [1]));
        Assert.Throws<ArgumentNullException>("tokenCounts", () => new AdvantageInputs(rewards, null, [0, 0], null!));
        Assert.Throws<ArgumentNullException>("advantages", () => Scored.Inputs([1], [0]).ToResult(null!));
        Assert.Throws<ArgumentNullException>("options", () => new GroupAdvantages(null!));
    }

    [Fact]
    public void Estimators_refuse_null() => Assert.All(
        (IAdvantageEstimator[])
        [
            new GroupAdvantages(AdvantageOptions.Grpo), new OpoAdvantages(), new PassAtKAdvantages(), new GpgAdvantages(),
        ],
        estimator => Assert.Throws<ArgumentNullException>("inputs", () => estimator.Compute(null!)));
}
