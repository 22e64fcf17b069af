namespace MedR1.Losses;

/// <summary>
/// GPG (arXiv 2504.02546, "GPG: A Simple and Strong Reinforcement Learning Baseline for Model Reasoning"): α × the difference from the
/// group's mean (F_norm = 1), with α = B / (B − M). B counts the completions of the rollout, and M those that give no gradient, because all
/// rewards of their group are equal or they have none. α keeps such groups from shrinking the gradient of the others in the mean.
/// </summary>
/// <remarks>
/// verl's <c>gpg</c> divides by the number of completions whose reward is not 0, instead of by B − M: its α grows as answers get worse.
/// </remarks>
public sealed record GpgAdvantages : IAdvantageEstimator
{
    /// <inheritdoc/>
    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        double[] advantages = new double[inputs.Count];
        AdvantageGroup[] learning = [.. inputs.Groups.Where(group => group.HasSpread)];
        double scale = (double)inputs.Count / learning.Sum(group => group.Rows.Count);
        foreach (AdvantageGroup group in learning)
        {
            double mean = group.Statistics.Mean;
            foreach ((int row, double total) in group.Rows.Zip(group.Totals))
            {
                advantages[row] = scale * (total - mean);
            }
        }

        return inputs.ToResult(advantages);
    }
}
