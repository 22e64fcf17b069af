namespace MedR1.Losses;

/// <summary>
/// The objective of the best of a group, pass@k for rewards of 0 and 1, with k completions per prompt (arXiv 2503.19595, the unbiased
/// leave-one-out estimator; verl's <c>grpo_passk</c>). A completion's advantage is how much lower the best reward would be without it: for
/// the single best completion its distance from the second best, for all others, and for all if several are best, exactly 0.
/// </summary>
public sealed record PassAtKAdvantages : IAdvantageEstimator
{
    /// <summary>Whether the difference is divided by the standard deviation of the group's rewards, as verl does by default.</summary>
    /// <value>The default is <see langword="false"/>, as in the paper.</value>
    public bool DividesByDeviation { get; init; }

    /// <summary>Added to the deviation before dividing by it.</summary>
    /// <value>The default is 1e-4; verl has 1e-6.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double Epsilon
    {
        get;
        init => field = double.IsFinite(value) && value >= 0
            ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a finite Epsilon of at least 0.");
    } = 1e-4;

    /// <inheritdoc/>
    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        double[] advantages = new double[inputs.Count];
        foreach (AdvantageGroup group in inputs.Groups.Where(group => group.HasSpread))
        {
            (int row, double best)[] ranked = [.. group.Rows.Zip(group.Totals).OrderByDescending(pair => pair.Second)];
            RewardStatistics top = RewardStatistics.Of([ranked[0].best, ranked[1].best]);
            if (!top.IsConstant)
            {
                double divisor = DividesByDeviation ? group.Statistics.StandardDeviation + Epsilon : 1;
                advantages[ranked[0].row] = (ranked[0].best - ranked[1].best) / divisor;
            }
        }

        return inputs.ToResult(advantages);
    }
}
