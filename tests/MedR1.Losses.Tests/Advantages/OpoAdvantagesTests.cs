namespace MedR1.Losses.Tests;

/// <summary>OPO's baseline, the mean reward weighted by lengths.</summary>
public sealed class OpoAdvantagesTests
{
    private static readonly OpoAdvantages s_opo = new();

    [Fact]
    public void The_baseline_is_the_mean_reward_of_a_token()
    {
        // (2 · 1 + 4 · 0 + 10 · 0.5) / 16 = 0.4375; every number is exact in binary.
        Assert.Equal([0.5625, -0.4375, 0.0625], Scored.Of(s_opo, [1, 0, 0.5], [7, 7, 7], [2, 4, 10]));
    }

    [Fact]
    public void Each_group_has_its_own_baseline_wherever_its_rows_are()
    {
        // Group 1: (3 · 4 + 1 · 0) / 4 = 3. Group 2: (1 · 1 + 3 · 5) / 4 = 4.
        Assert.Equal([1.0, -3.0, -3.0, 1.0], Scored.Of(s_opo, [4, 1, 0, 5], [1, 2, 1, 2], [3, 1, 1, 3]));
    }

    // The paper weights by length because that minimises the variance if squared norms of gradients grow with it: its b minimises
    // Σ l·(r − b)².
    [Fact]
    public void It_minimises_the_squares_weighted_by_length()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            AdvantageInputs inputs = Scored.Random(seed);
            double[] advantages = [.. s_opo.Compute(inputs).Advantages];
            foreach (AdvantageGroup group in inputs.Groups.Where(group => group.HasSpread))
            {
                double Squares(double by) =>
                    group.Rows.Zip(group.TokenCounts, (row, count) => count * Math.Pow(advantages[row] + by, 2)).Sum();
                Assert.True(Squares(0) < Squares(1e-3) && Squares(0) < Squares(-1e-3));

                // The derivative, −2 Σ l·(r − b), is 0; and all differ from the reward by the same number.
                Assert.Equal(0, group.Rows.Zip(group.TokenCounts, (row, count) => count * advantages[row]).Sum(), 1e-11);
                double baseline = group.Totals[0] - advantages[group.Rows[0]];
                Assert.All(group.Rows.Zip(group.Totals), pair => Assert.Equal(pair.Second - baseline, advantages[pair.First], 1e-14));
            }
        }
    }

    [Fact]
    public void With_equal_lengths_it_is_the_difference_from_the_mean()
    {
        double?[] rewards = [1, 0, 0.25, 0.75, 3];
        long[] ids = [1, 1, 2, 2, 2];
        Batches.Close(
            GroupAdvantages.Compute([.. rewards.Select(reward => new[] { reward })], null, ids, AdvantageOptions.DrGrpo).Advantages,
            Scored.Of(s_opo, rewards, ids, [7, 7, 7, 7, 7]), 1e-15);
    }

    [Fact]
    public void A_completion_without_a_reward_has_no_weight()
    {
        // Without the second row, (2 · 1 + 6 · 0) / 8 = 0.25.
        Assert.Equal([0.75, 0.0, -0.25], Scored.Of(s_opo, [1, null, 0], [0, 0, 0], [2, 1000, 6]));
    }

    [Fact]
    public void A_completion_without_a_token_has_no_weight()
    {
        Assert.Equal([0.0, -1.0], Scored.Of(s_opo, [1, 0], [0, 0], [5, 0]));
        Assert.Equal([0.0, 0.0], Scored.Of(s_opo, [1, 0], [0, 0], [0, 0]));
    }

    [Fact]
    public void Nothing_is_learnt_from_equal_rewards_or_a_single_one()
    {
        // (0.1 + 0.1 + 0.1) / 3 is 0.10000000000000002 in double.
        Assert.Equal(
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            Scored.Of(s_opo, [0.1, 0.1, 0.1, 5, 3, null], [1, 1, 1, 2, 3, 3], [1, 1, 1, 4, 2, 2]));
    }
}
