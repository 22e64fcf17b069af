namespace MedR1.Losses.Tests;

/// <summary>The best reward of a group, less the best without the row.</summary>
public sealed class PassAtKAdvantagesTests
{
    private static readonly PassAtKAdvantages s_best = new();

    [Fact]
    public void Only_the_single_best_has_an_advantage()
    {
        // Without 3 the best would be 2; without any other it would still be 3.
        Assert.Equal([0.0, 1.0, 0.0], Scored.Of(s_best, [2, 3, -1], [0, 0, 0]));
    }

    [Fact]
    public void It_can_be_divided_by_the_deviation()
    {
        // Rewards 1, 0, 0, 0: deviation sqrt((0.5625 + 3 · 0.0625) / 3) = 0.5. Rewards 4, 2: sqrt(2).
        Batches.Close(
            [1 / 0.5001, 0, 0, 0, 2 / (Math.Sqrt(2) + 1e-4), 0],
            Scored.Of(new PassAtKAdvantages { DividesByDeviation = true }, [1, 0, 0, 0, 4, 2], [1, 1, 1, 1, 2, 2]), 1e-15);
        Assert.Equal(2.0, Scored.Of(new PassAtKAdvantages { DividesByDeviation = true, Epsilon = 0 }, [1, 0, 0, 0], [1, 1, 1, 1])[0]);
    }

    [Fact]
    public void It_is_the_best_less_the_best_without_the_row()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            AdvantageInputs inputs = Scored.Random(seed, isBinary: seed % 2 == 0);
            double[] expected = new double[inputs.Count];
            foreach (AdvantageGroup group in inputs.Groups.Where(group => group.Rows.Count > 1))
            {
                foreach (int row in group.Rows)
                {
                    expected[row] = group.Totals.Max() - group.Rows.Where(other => other != row).Max(other => inputs.Totals[other]!.Value);
                }
            }

            Assert.Equal(expected, s_best.Compute(inputs).Advantages);
        }
    }

    // With k answers that are right with probability p, the score of an answer with respect to the logit of p is right − p, and pass@k is
    // 1 − (1 − p)^k, whose derivative is k·(1 − p)^(k − 1) · p·(1 − p). The mean over all 2^k outcomes must be that.
    [Theory]
    [InlineData(2, 0.3)]
    [InlineData(4, 0.1)]
    [InlineData(5, 0.75)]
    public void Its_policy_gradient_is_that_of_pass_at_k(int answers, double p)
    {
        double gradient = 0;
        for (int outcome = 0; outcome < 1 << answers; outcome++)
        {
            double?[] right = [.. Enumerable.Range(0, answers).Select(answer => (double?)((outcome >> answer) & 1))];
            double probability = right.Aggregate(1.0, (product, one) => product * (one == 1 ? p : 1 - p));
            double[] advantages = Scored.Of(s_best, right, new long[answers]);
            gradient += probability * advantages.Zip(right, (advantage, one) => advantage * (one!.Value - p)).Sum();
        }

        Assert.Equal(answers * Math.Pow(1 - p, answers - 1) * p * (1 - p), gradient, 1e-15);
    }

    [Fact]
    public void Several_best_or_a_single_reward_teach_nothing()
    {
        // 0.1 + 0.2 is above 0.3 only by rounding.
        Assert.Equal(
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            Scored.Of(s_best, [1, 1, 0, 0.1 + 0.2, 0.3, 0, 5, null], [1, 1, 1, 2, 2, 2, 3, 3]));
    }

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Epsilon_is_finite_and_not_negative(double epsilon) =>
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new PassAtKAdvantages { Epsilon = epsilon });
}
