namespace MedR1.Losses;

/// <summary>The scored completions of one prompt. Completions without a total are left out; the lists have the same order.</summary>
/// <param name="Id">The group's id.</param>
/// <param name="Rows">The index of each completion in <see cref="AdvantageInputs"/>; at least one.</param>
/// <param name="Totals">The weighted sum of each completion's rewards.</param>
/// <param name="TokenCounts">The number of tokens of each completion.</param>
public sealed record AdvantageGroup(
    long Id, IReadOnlyList<int> Rows, IReadOnlyList<double> Totals, IReadOnlyList<int> TokenCounts)
{
    /// <summary>Mean and unbiased standard deviation of the totals.</summary>
    public RewardStatistics Statistics => RewardStatistics.Of(Totals.Select(total => (double?)total));

    /// <summary>
    /// Whether at least two totals differ by more than rounding. If not, nothing can be learnt from comparing them: leave the advantages 0.
    /// </summary>
    public bool HasSpread => Statistics.StandardDeviation > 0;
}
