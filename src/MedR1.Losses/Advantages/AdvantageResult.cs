namespace MedR1.Losses;

/// <summary>Advantages and reward statistics, in the order of the rows.</summary>
/// <param name="Advantages">One per row, in double precision; exactly 0 if a row has no reward or its group no spread.</param>
/// <param name="Totals">
/// The weighted sum of each row's rewards, before the range and penalties; null if all of them abstained.
/// </param>
/// <param name="Groups">
/// Statistics of each group by its id, over the values that advantages are computed from: totals after the range and penalties, or
/// GDPO's normalised sums.
/// </param>
/// <param name="Batch">Statistics of the totals of all rows.</param>
/// <param name="ByReward">Statistics of each reward over all rows, before its weight.</param>
/// <param name="ZeroStandardDeviationFraction">
/// TRL's <c>frac_reward_zero_std</c>: the fraction of rows whose group has no spread. If the divisor is the standard deviation of the whole
/// batch: 1 if it is 0, else 0. A group or batch of one row has no spread.
/// </param>
public sealed record AdvantageResult(
    IReadOnlyList<double> Advantages,
    IReadOnlyList<double?> Totals,
    IReadOnlyDictionary<long, RewardStatistics> Groups,
    RewardStatistics Batch,
    IReadOnlyList<RewardStatistics> ByReward,
    double ZeroStandardDeviationFraction)
{
    /// <summary>
    /// The fraction of groups without spread, which contribute no gradient. Denominator: groups with at least one scored row.
    /// </summary>
    public double ConstantGroupFraction
    {
        get
        {
            RewardStatistics[] scored = [.. Groups.Values.Where(group => group.Count > 0)];

            // NaN (0 / 0) if there is none.
            return scored.Count(group => !(group.StandardDeviation > 0)) / (double)scored.Length;
        }
    }

    /// <summary>The advantages as float32, for a tensor.</summary>
    public float[] ToSingles() => [.. Advantages.Select(advantage => (float)advantage)];

    /// <summary>
    /// The measurements under TRL's names: <c>reward</c>, <c>reward_std</c>, <c>rewards/{name}/mean</c> and <c>/std</c> (over rows
    /// where the reward applies), <c>frac_reward_zero_std</c>; measurements without a value are left out.
    /// </summary>
    /// <param name="rewardNames">The names of the rewards, in order.</param>
    /// <exception cref="ArgumentException">There are not as many names as rewards.</exception>
    public IReadOnlyDictionary<string, double> ToMetrics(IReadOnlyList<string> rewardNames)
    {
        ArgumentNullException.ThrowIfNull(rewardNames);
        if (rewardNames.Count != ByReward.Count)
        {
            throw new ArgumentException(
                $"There are {rewardNames.Count} names for {ByReward.Count} rewards: give one for each.",
                nameof(rewardNames));
        }

        Dictionary<string, double> metrics = [];
        void Add(string name, double value)
        {
            if (!double.IsNaN(value))
            {
                metrics[name] = value;
            }
        }

        for (int i = 0; i < rewardNames.Count; i++)
        {
            Add(LossMetricNames.RewardMeanOf(rewardNames[i]), ByReward[i].Mean);
            Add(LossMetricNames.RewardStandardDeviationOf(rewardNames[i]), ByReward[i].StandardDeviation);
        }

        Add(LossMetricNames.Reward, Batch.Mean);
        Add(LossMetricNames.RewardStandardDeviation, Batch.StandardDeviation);
        Add(LossMetricNames.ZeroStandardDeviationFraction, ZeroStandardDeviationFraction);
        return metrics;
    }
}
