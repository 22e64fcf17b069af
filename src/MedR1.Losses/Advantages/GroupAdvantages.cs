namespace MedR1.Losses;

/// <summary>
/// Advantages of completions relative to their group, in double precision. Groups are identified by id; their rows need not be
/// adjacent. A reward that abstained (null) is ignored; a row without any reward is left out of all statistics and gets exactly 0,
/// as does every row of a group without spread.
/// </summary>
public sealed class GroupAdvantages : IAdvantageEstimator
{
    /// <summary>Creates the estimator.</summary>
    /// <param name="options">The options, such as <see cref="AdvantageOptions.Grpo"/>.</param>
    /// <exception cref="InvalidLossOptionsException">The options are invalid; the exception lists every mistake.</exception>
    public GroupAdvantages(AdvantageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        AdvantageGuards.Check(options);
        Options = options;
    }

    /// <summary>The options.</summary>
    public AdvantageOptions Options { get; }

    /// <inheritdoc/>
    public AdvantageResult Compute(AdvantageInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Compute(inputs.Rewards, inputs.Weights, inputs.GroupIds, Options);
    }

    /// <summary>Computes the advantages.</summary>
    /// <param name="rewards">Rows × rewards; null where a reward does not apply to the row.</param>
    /// <param name="weights">The weight of each reward; null for 1 each.</param>
    /// <param name="groupIds">The group (prompt) of each row.</param>
    /// <param name="options">The options; null for GRPO's.</param>
    /// <param name="penalties">
    /// Subtracted from each row's sum after <see cref="AdvantageOptions.RewardRange"/>, such as β × the completion's KL divergence
    /// in RLOO; null for none. Not supported with <see cref="RewardAggregation.NormalizeThenSum"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The numbers of rows or rewards differ, a value is not finite, the options are invalid, or penalties are given with
    /// <see cref="RewardAggregation.NormalizeThenSum"/>.
    /// </exception>
    public static AdvantageResult Compute(
        IReadOnlyList<IReadOnlyList<double?>> rewards,
        IReadOnlyList<double>? weights,
        IReadOnlyList<long> groupIds,
        AdvantageOptions? options = null,
        IReadOnlyList<double>? penalties = null)
    {
        options ??= AdvantageOptions.Grpo;
        AdvantageGuards.Check(rewards, weights, groupIds, options, penalties);
        double[] weightOf = RewardSums.WeightsOf(rewards, weights);
        double?[] totals = RewardSums.Of(rewards, weightOf);
        double?[] scores = options.Aggregation == RewardAggregation.NormalizeThenSum
            ? NormalizedSums(rewards, weightOf, groupIds, options)
            : [.. totals.Select((total, row) => Adjust(total, row, options, penalties))];

        bool population = options.UsePopulationStandardDeviation;
        Dictionary<long, RewardStatistics> groups = GroupStatistics.Of(scores, groupIds, population);
        RewardStatistics batch = GroupStatistics.OfRows(scores, population);
        double[] advantages = options.Aggregation == RewardAggregation.NormalizeThenSum
            ? [.. scores.Select(score => Scaled(score, batch.StandardDeviation, options))]
            : Advantages(scores, groupIds, groups, batch, options);
        bool byBatch = options.Aggregation == RewardAggregation.NormalizeThenSum
            || options.Scale == AdvantageScale.Batch;
        double zeroFraction = byBatch ? (batch.IsConstant ? 1 : 0) : GroupStatistics.ConstantFraction(groupIds, groups);
        return new AdvantageResult(
            advantages, totals, groups, RewardStatistics.Of(totals, population),
            GroupStatistics.ByReward(rewards, weightOf.Length, population), zeroFraction);
    }

    private static double? Adjust(double? total, int row, AdvantageOptions options, IReadOnlyList<double>? penalties)
    {
        if (total is not double value)
        {
            return null;
        }

        value = options.RewardRange is RewardRange range ? Math.Clamp(value, range.Minimum, range.Maximum) : value;
        return value - (penalties?[row] ?? 0);
    }

    /// <summary>GDPO: normalises each reward within its group and returns the weighted sums.</summary>
    private static double?[] NormalizedSums(
        IReadOnlyList<IReadOnlyList<double?>> rewards,
        double[] weights,
        IReadOnlyList<long> groupIds,
        AdvantageOptions options)
    {
        double?[][] normalized = [.. rewards.Select(row => new double?[row.Count])];
        for (int reward = 0; reward < weights.Length; reward++)
        {
            double?[] column = [.. rewards.Select(row => row[reward])];
            Dictionary<long, RewardStatistics> groups = GroupStatistics.Of(column, groupIds, options.UsePopulationStandardDeviation);
            for (int row = 0; row < column.Length; row++)
            {
                RewardStatistics group = groups[groupIds[row]];
                normalized[row][reward] = column[row] is null
                    ? null : Scaled(column[row] - group.Mean, group.StandardDeviation, options);
            }
        }

        return RewardSums.Of(normalized, weights);
    }

    private static double[] Advantages(
        double?[] scores,
        IReadOnlyList<long> groupIds,
        Dictionary<long, RewardStatistics> groups,
        RewardStatistics batch,
        AdvantageOptions options)
    {
        Dictionary<long, int> sizes = groupIds.CountBy(id => id).ToDictionary();
        double?[] differences = [.. scores.Select((score, row) =>
            Difference(score, groups[groupIds[row]], sizes[groupIds[row]], options.Baseline))];
        RewardStatistics spread = RewardStatistics.Of(differences, options.UsePopulationStandardDeviation);
        return [.. differences.Select((difference, row) => options.Scale switch
        {
            AdvantageScale.None => difference ?? 0,
            AdvantageScale.Whiten => Scaled(difference, spread.StandardDeviation, options),
            AdvantageScale.Batch => Scaled(difference, batch.StandardDeviation, options),
            AdvantageScale.GroupMean => Scaled(difference, groups[groupIds[row]].Mean, options),
            _ => Scaled(difference, groups[groupIds[row]].StandardDeviation, options),
        })];
    }

    private static double? Difference(double? score, RewardStatistics group, int size, AdvantageBaseline baseline)
    {
        // A row that is the only scored one of several has nothing to be compared with. Its difference is null, not 0, which would
        // reduce the deviation that Whiten divides by.
        bool isLeftAlone = baseline == AdvantageBaseline.LeaveOneOut && group.Count == 1 && size > 1;
        if (score is not double value || isLeftAlone)
        {
            return null;
        }

        if (group.IsConstant || group.Count == 1)
        {
            return 0;
        }

        double difference = value - group.Mean;
        return baseline == AdvantageBaseline.GroupMean ? difference : difference * group.Count / (group.Count - 1);
    }

    /// <summary>
    /// difference / (divisor + ε); 0 if there is no difference or the divisor is not above 0. Where a formula also subtracts the batch's
    /// mean of the differences, that is 0, since they add up to 0 in every group: the mean of what was rounded would only keep equal
    /// rewards from exactly 0.
    /// </summary>
    private static double Scaled(double? difference, double divisor, AdvantageOptions options) =>
        difference is double present && divisor > 0 ? present / (divisor + options.Epsilon) : 0;
}
