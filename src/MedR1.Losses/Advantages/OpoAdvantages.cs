namespace MedR1.Losses;

/// <summary>
/// OPO (arXiv 2505.23585, "On-Policy RL with Optimal Reward Baseline"): the difference from the group's mean reward, each completion
/// weighted by its number of tokens. This baseline minimises the variance of the gradient if the squared norm of a completion's gradient
/// grows with its length. Nothing is divided by a deviation. The paper updates once per rollout, without KL divergence and entropy bonus.
/// </summary>
public sealed record OpoAdvantages : IAdvantageEstimator
{
    /// <inheritdoc/>
    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        double[] advantages = new double[inputs.Count];
        foreach (AdvantageGroup group in inputs.Groups.Where(group => group.HasSpread))
        {
            double tokens = group.TokenCounts.Sum(count => (double)count);
            if (tokens == 0)
            {
                // Completions without a token can't be learnt from.
                continue;
            }

            double baseline = group.TokenCounts.Zip(group.Totals, (count, total) => count * total).Sum() / tokens;
            foreach ((int row, double total) in group.Rows.Zip(group.Totals))
            {
                advantages[row] = total - baseline;
            }
        }

        return inputs.ToResult(advantages);
    }
}
