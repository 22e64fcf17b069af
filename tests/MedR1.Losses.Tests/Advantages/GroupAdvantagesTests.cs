using CsCheck;

namespace MedR1.Losses.Tests;

public sealed class GroupAdvantagesTests
{
    [Fact]
    public void Divides_by_the_unbiased_deviation_plus_epsilon()
    {
        // Rewards 1, 0, 0, 0: mean 0.25, deviation sqrt((0.5625 + 3 × 0.0625)/3) = 0.5.
        AdvantageResult result = Compute([1, 0, 0, 0], [7, 7, 7, 7]);
        Batches.Close([0.75 / 0.5001, -0.25 / 0.5001, -0.25 / 0.5001, -0.25 / 0.5001], result.Advantages, 1e-15);
    }

    [Fact]
    public void The_population_form_divides_by_n()
    {
        // sqrt(0.75/4) = 0.4330127…
        AdvantageResult result = Compute(
            [1, 0, 0, 0], [7, 7, 7, 7], new AdvantageOptions { UsePopulationStandardDeviation = true });
        Assert.Equal(0.75 / (Math.Sqrt(0.1875) + 1e-4), result.Advantages[0], 1e-15);
    }

    [Theory]
    [InlineData(AdvantageScale.Batch)]
    [InlineData(AdvantageScale.Whiten)]
    public void The_population_form_holds_for_deviations_of_the_batch(AdvantageScale scale)
    {
        // In a single group, the differences 0.75 and −0.25 have the deviation of the rewards, sqrt(0.75/4) = sqrt(0.1875).
        AdvantageResult result = Compute(
            [1, 0, 0, 0], [7, 7, 7, 7], new AdvantageOptions { UsePopulationStandardDeviation = true, Scale = scale });
        double deviation = Math.Sqrt(0.1875);
        Batches.Close(
            [0.75 / (deviation + 1e-4), .. Enumerable.Repeat(-0.25 / (deviation + 1e-4), 3)], result.Advantages, 1e-15);
        Assert.Equal(deviation, result.Batch.StandardDeviation, 1e-15);
        Assert.Equal(deviation, result.ByReward[0].StandardDeviation, 1e-15);
    }

    [Fact]
    public void The_population_form_holds_for_both_divisions_of_gdpo()
    {
        // z = 0.75 / (s + ε) with s = sqrt(0.1875); the deviation of all z is s / (s + ε), their mean 0.
        AdvantageResult result = Compute(
            [1, 0, 0, 0], [7, 7, 7, 7], AdvantageOptions.Gdpo with { UsePopulationStandardDeviation = true });
        double deviation = Math.Sqrt(0.1875);
        double divisor = deviation + 1e-4;
        Assert.Equal(0.75 / divisor / (deviation / divisor + 1e-4), result.Advantages[0], 1e-14);
    }

    [Fact]
    public void MaxRl_divides_by_the_mean_of_the_group()
    {
        // Means 0.25 and 0.75: rare right answers count more, and right answers sum to as much as wrong ones.
        AdvantageResult result = Compute([1, 0, 0, 0, 1, 1, 1, 0], [7, 7, 7, 7, 8, 8, 8, 8], AdvantageOptions.MaxRl);
        double seldom = 0.2501, often = 0.7501;
        Batches.Close(
            [0.75 / seldom, -0.25 / seldom, -0.25 / seldom, -0.25 / seldom,
                0.25 / often, 0.25 / often, 0.25 / often, -0.75 / often],
            result.Advantages, 1e-15);
    }

    [Theory]
    [InlineData(1.0, -1.0)]
    [InlineData(0.0, -2.0)]
    public void MaxRl_gives_zero_for_a_group_whose_mean_is_not_above_zero(double first, double second)
    {
        AdvantageResult result = Compute([first, second], [7, 7], AdvantageOptions.MaxRl);
        Assert.Equal([0.0, 0.0], result.Advantages);
    }

    [Fact]
    public void Finds_groups_by_id_wherever_their_rows_are()
    {
        AdvantageResult together = Compute([1, 0, 0.5, 3, 2, 2], [1, 1, 1, 2, 2, 2]);
        AdvantageResult mixed = Compute([3, 1, 2, 0, 2, 0.5], [2, 1, 2, 1, 2, 1]);
        Assert.Equal(
            [together.Advantages[3], together.Advantages[0], together.Advantages[4], together.Advantages[1],
                together.Advantages[5], together.Advantages[2]],
            mixed.Advantages);
    }

    [Theory]
    [InlineData(AdvantageScale.Group)]
    [InlineData(AdvantageScale.Batch)]
    [InlineData(AdvantageScale.None)]
    [InlineData(AdvantageScale.Whiten)]
    [InlineData(AdvantageScale.GroupMean)]
    public void Equal_rewards_give_exactly_zero_even_if_their_mean_is_not_representable(AdvantageScale scale)
    {
        // Ten times 0.1 sums to 0.9999999999999999 in double.
        double?[] rewards = [.. Enumerable.Repeat((double?)0.1, 10)];
        AdvantageResult result = Compute(rewards, new long[10], new AdvantageOptions { Scale = scale });
        Assert.All(result.Advantages, advantage => Assert.Equal(0.0, advantage));
        Assert.Equal(1, result.ZeroStandardDeviationFraction);
        Assert.Equal(0.1, result.Batch.Mean);
    }

    public static TheoryData<AdvantageOptions> Divided { get; } =
    [
        .. Enum.GetValues<AdvantageScale>().Select(scale => new AdvantageOptions { Scale = scale }),
        AdvantageOptions.Rloo with { Scale = AdvantageScale.Whiten }, AdvantageOptions.Gdpo,
    ];

    // The differences of 0.1, 0.2 and 0.4 from their mean add up to −5.6e−17 in double, and not to 0.
    [Theory]
    [MemberData(nameof(Divided))]
    public void Equal_rewards_give_exactly_zero_beside_a_group_that_differs(AdvantageOptions options)
    {
        AdvantageResult result = Compute([0.1, 0.2, 0.4, 1, 1], [0, 0, 0, 1, 1], options);
        Assert.Equal([0.0, 0.0], result.Advantages.TakeLast(2));
        Assert.DoesNotContain(0.0, result.Advantages.Take(3));
    }

    [Fact]
    public void Sums_that_differ_by_rounding_are_equal()
    {
        // 0.1 + 0.2 + 0.3 = 0.6000000000000001, 0.3 + 0.2 + 0.1 = 0.6.
        AdvantageResult result = GroupAdvantages.Compute(
            [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]], null, [0, 0]);
        Assert.NotEqual(result.Totals[0], result.Totals[1]);
        Assert.Equal([0.0, 0.0], result.Advantages);
    }

    [Fact]
    public void Abstaining_rewards_are_excluded_from_the_statistics()
    {
        AdvantageResult with = Compute([1, null, 0, 0, 0], [7, 7, 7, 7, 7]);
        AdvantageResult without = Compute([1, 0, 0, 0], [7, 7, 7, 7]);
        Assert.Equal([without.Advantages[0], 0, .. without.Advantages.Skip(1)], with.Advantages);
        Assert.Null(with.Totals[1]);
        Assert.Equal(4, with.Groups[7].Count);
    }

    [Fact]
    public void A_reward_that_abstains_does_not_affect_the_others_of_its_row()
    {
        AdvantageResult result = GroupAdvantages.Compute([[1, null], [0, 1]], [1, 0.5], [0, 0]);
        Assert.Equal([1.0, 0.5], result.Totals);
        Assert.Equal(new RewardStatistics(1, 1, double.NaN), result.ByReward[1]);
    }

    [Fact]
    public void A_group_with_one_scored_row_has_advantages_of_zero()
    {
        foreach (AdvantageScale scale in Enum.GetValues<AdvantageScale>())
        {
            AdvantageResult result = Compute([5, null, 1, 0], [1, 1, 2, 2], new AdvantageOptions { Scale = scale });
            Assert.Equal(0.0, result.Advantages[0]);
            Assert.Equal(0.0, result.Advantages[1]);
            Assert.NotEqual(0.0, result.Advantages[2]);
        }
    }

    [Fact]
    public void Leave_one_out_compares_with_the_mean_of_the_others()
    {
        // 1 − mean(0, 0.5) = 0.75; 0 − mean(1, 0.5) = −0.75; 0.5 − 0.5 = 0.
        AdvantageResult result = Compute([1, 0, 0.5], [3, 3, 3], AdvantageOptions.Rloo);
        Batches.Close([0.75, -0.75, 0], result.Advantages, 1e-15);
    }

    [Fact]
    public void Whitening_excludes_a_row_without_others()
    {
        // Differences 1, −1, 0.25, −0.25 and none for the last group: mean 0, deviation sqrt(2.125 / 3) = 0.8416254.
        AdvantageResult result = Compute(
            [1, 0, 0.5, 0.25, null, 1], [1, 1, 2, 2, 3, 3], AdvantageOptions.Rloo with { Scale = AdvantageScale.Whiten });
        double divisor = Math.Sqrt(2.125 / 3) + 1e-4;
        Batches.Close([1 / divisor, -1 / divisor, 0.25 / divisor, -0.25 / divisor, 0, 0], result.Advantages, 1e-15);
    }

    [Fact]
    public void Whitening_counts_a_group_of_one_row_as_a_difference_of_zero()
    {
        // Differences 1, −1, 0: mean 0, deviation sqrt(2 / 2) = 1.
        AdvantageResult result = Compute(
            [1, 0, 7], [1, 1, 2], AdvantageOptions.Rloo with { Scale = AdvantageScale.Whiten });
        Batches.Close([1 / 1.0001, -1 / 1.0001, 0], result.Advantages, 1e-15);
    }

    [Theory]
    [InlineData(AdvantageScale.Group, RewardAggregation.SumThenNormalize, 0.25)]
    [InlineData(AdvantageScale.Batch, RewardAggregation.SumThenNormalize, 0.25)]
    [InlineData(AdvantageScale.Batch, RewardAggregation.SumThenNormalize, null)]
    [InlineData(AdvantageScale.Group, RewardAggregation.NormalizeThenSum, 0.25)]
    public void A_batch_of_one_row_has_no_spread(AdvantageScale scale, RewardAggregation aggregation, double? reward)
    {
        // For the deviation of one value, TRL uses zero when it checks for a spread, and NaN when it logs reward_std.
        AdvantageResult result = Compute([reward], [5], new AdvantageOptions { Scale = scale, Aggregation = aggregation });
        Assert.Equal([0.0], result.Advantages);
        Assert.Equal(1, result.ZeroStandardDeviationFraction);
        Assert.Equal(double.NaN, result.Batch.StandardDeviation);
    }

    [Fact]
    public void The_range_is_applied_before_the_penalty()
    {
        // 5 becomes 1, then 1 − 0.25 = 0.75; 0 − 0.125 = −0.125 is within the range: they are 0.875 apart.
        AdvantageResult result = GroupAdvantages.Compute(
            [[5], [0]], null, [0, 0], AdvantageOptions.Rloo with { RewardRange = new RewardRange(-1, 1) }, [0.25, 0.125]);
        Batches.Close([0.875, -0.875], result.Advantages, 1e-15);
        Assert.Equal(2.5, result.Batch.Mean);
    }

    [Fact]
    public void Metrics_have_the_names_of_the_reference()
    {
        AdvantageResult result = GroupAdvantages.Compute([[1, 0], [0, null], [1, 1], [1, 1]], [1, 2], [0, 0, 1, 1]);
        IReadOnlyDictionary<string, double> metrics = result.ToMetrics(["accuracy", "format"]);
        Assert.Equal(0.75, metrics["rewards/accuracy/mean"]);
        Assert.Equal(2.0 / 3, metrics["rewards/format/mean"], 1e-15);
        Assert.Equal((1 + 0 + 3 + 3) / 4.0, metrics["reward"]);
        Assert.Equal(0.5, metrics["frac_reward_zero_std"]);
        Assert.Equal(0.5, result.ConstantGroupFraction);
    }

    [Fact]
    public void Fractions_without_spread_are_of_all_rows_and_of_scored_groups()
    {
        // The group of one row has no spread, that of three has some, the last has no reward: 1 of 6 rows, 1 of 2 scored
        // groups.
        AdvantageResult result = Compute([1, 1, 0, 0, null, null], [1, 2, 2, 2, 3, 3]);
        Assert.Equal(1.0 / 6, result.ZeroStandardDeviationFraction, 1e-15);
        Assert.Equal(0.5, result.ConstantGroupFraction);
    }

    // 0.1 + 0.2 is 5.6e-17 above 0.3, relatively 1.9e-16, and 4.7e-8 at 1e6 is relatively 4.7e-14; both are below 1e-13, hence
    // equal. A relative difference of 1e-12 is a difference.
    [Fact]
    public void Rewards_that_differ_only_by_rounding_have_exactly_no_difference()
    {
        foreach ((double first, double second) in new[] { (0.1 + 0.2, 0.3), (1e6, 1e6 + 4.7e-8) })
        {
            AdvantageResult result = GroupAdvantages.Compute([[first], [second]], null, [0, 0], AdvantageOptions.DrGrpo);
            Assert.Equal([0, 0], result.Advantages);
            Assert.Equal(1, result.ConstantGroupFraction);
            Assert.Equal(1, result.ZeroStandardDeviationFraction);
        }

        AdvantageResult different = GroupAdvantages.Compute([[1e6], [1e6 + 1e-6]], null, [0, 0], AdvantageOptions.DrGrpo);
        Assert.NotEqual(0, different.Advantages[0]);
        Assert.Equal(0, different.ConstantGroupFraction);
        Assert.Equal(0, different.ZeroStandardDeviationFraction);
    }

    [Fact]
    public void Fractions_of_nothing_are_unknown_and_each_reward_needs_a_name()
    {
        AdvantageResult none = GroupAdvantages.Compute([], null, []);
        Assert.Equal(double.NaN, none.ConstantGroupFraction);
        Assert.Equal(double.NaN, none.ZeroStandardDeviationFraction);

        // Of three groups, one is constant, one is not, and one has no scored row.
        AdvantageResult mixed = GroupAdvantages.Compute([[1], [1], [1], [2], [null], [null]], null, [0, 0, 1, 1, 2, 2]);
        Assert.Equal(0.5, mixed.ConstantGroupFraction);
        Assert.Throws<ArgumentException>("rewardNames", () => mixed.ToMetrics(["a", "b"]));
        Assert.Throws<ArgumentNullException>("rewardNames", () => mixed.ToMetrics(null!));
    }

    [Fact]
    public void No_rows_give_no_advantages() => Assert.Empty(GroupAdvantages.Compute([], null, []).Advantages);

    [Fact]
    public void No_rows_still_have_as_many_rewards_as_weights()
    {
        AdvantageResult none = GroupAdvantages.Compute([], [1, 0.5], []);
        Assert.Equal([0, 0], none.ByReward.Select(reward => reward.Count));
        Assert.Empty(none.ToMetrics(["accuracy", "format"]));
    }

    [Fact]
    public void Advantages_of_a_group_have_mean_zero_and_do_not_change_with_a_shift()
    {
        Gen.Select(Gen.Double[-5, 5].Array[2, 12], Gen.Double[-3, 3]).Sample((rewards, shift) =>
        {
            long[] ids = new long[rewards.Length];
            AdvantageResult plain = Compute([.. rewards], ids);
            AdvantageResult shifted = Compute([.. rewards.Select(reward => (double?)(reward + shift))], ids);
            Assert.Equal(0, plain.Advantages.Sum(), 1e-9);
            Batches.Close(plain.Advantages, shifted.Advantages, 1e-6);
        });
    }

    private static AdvantageResult Compute(
        IReadOnlyList<double?> rewards, IReadOnlyList<long> ids, AdvantageOptions? options = null) =>
        GroupAdvantages.Compute([.. rewards.Select(reward => (IReadOnlyList<double?>)[reward])], null, ids, options);

    private static AdvantageResult Compute(double[] rewards, long[] ids) =>
        Compute([.. rewards.Select(reward => (double?)reward)], ids, null);
}
