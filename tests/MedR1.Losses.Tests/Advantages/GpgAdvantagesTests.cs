namespace MedR1.Losses.Tests;

/// <summary>GPG's correction for completions that give no gradient.</summary>
public sealed class GpgAdvantagesTests
{
    private static readonly GpgAdvantages s_gpg = new();

    [Fact]
    public void Differences_are_scaled_by_the_fraction_that_gives_a_gradient()
    {
        // B = 11; the rewards of the first four differ, so M = 7 and α = 11 / 4 = 2.75. Their mean is 0.25.
        Assert.Equal(
            [2.75 * 0.75, 2.75 * -0.25, 2.75 * -0.25, 2.75 * -0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            Scored.Of(s_gpg, [1, 0, 0, 0, 1, 1, 1, 1, null, null, 0.5], [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4]));
    }

    [Fact]
    public void A_completion_without_a_reward_counts_among_those_without_a_gradient()
    {
        // α = 3 / 2; the mean of 1 and 0 is 0.5.
        Assert.Equal([0.75, 0.0, -0.75], Scored.Of(s_gpg, [1, null, 0], [0, 0, 0]));
    }

    // The point of α: the mean over B completions of advantage × anything is the mean of the plain differences over the B − M.
    [Fact]
    public void The_mean_over_the_batch_is_that_over_the_completions_with_a_gradient()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            AdvantageInputs inputs = Scored.Random(seed, isBinary: true);
            double[] advantages = [.. s_gpg.Compute(inputs).Advantages];
            double[] anything = [.. Enumerable.Range(1, inputs.Count).Select(row => Math.Sin(row * 1.7))];
            List<double> learning = [];
            foreach (AdvantageGroup group in inputs.Groups.Where(group => group.Totals.Distinct().Count() > 1))
            {
                learning.AddRange(group.Rows.Select(row => (inputs.Totals[row]!.Value - group.Totals.Average()) * anything[row]));
            }

            double mean = learning.Count == 0 ? 0 : learning.Average();
            Assert.Equal(mean, advantages.Zip(anything, (advantage, one) => advantage * one).Sum() / inputs.Count, 1e-14);
        }
    }

    [Fact]
    public void If_all_groups_teach_it_is_the_difference_from_the_mean()
    {
        double?[] rewards = [1, 0, 0.1, 0.75, 3];
        long[] ids = [1, 1, 2, 2, 2];
        Assert.Equal(
            GroupAdvantages.Compute([.. rewards.Select(reward => new[] { reward })], null, ids, AdvantageOptions.DrGrpo).Advantages,
            Scored.Of(s_gpg, rewards, ids));
    }

    [Fact]
    public void If_no_group_teaches_all_advantages_are_zero()
    {
        Assert.Equal([0.0, 0.0, 0.0, 0.0], Scored.Of(s_gpg, [1, 1, 0, null], [1, 1, 2, 2]));
        Assert.Empty(Scored.Of(s_gpg, [], []));
    }
}
