namespace MedR1.Losses;

/// <summary>
/// Advantages of completions relative to their group, in double precision. Groups are identified by id; their rows need not be
/// adjacent. A reward that abstained (null) is ignored; a row without any reward is left out of all statistics and gets exactly 0,
/// as does every row of a group without spread.
/// </summary>
public static class GroupAdvantages
{
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
        double[] weightOf = weights?.ToArray() ?? [.. Enumerable.Repeat(1.0, rewards.Count == 0 ? 0 : rewards[0].Count)];
        double?[] totals = [.. rewards.Select(row => WeightedSum(row, weightOf))];
        double?[] scores = options.Aggregation == RewardAggregation.NormalizeThenSum
            ? NormalizedSums(rewards, weightOf, groupIds, options)
            : [.. totals.Select((total, row) => Adjust(total, row, options, penalties))];

        Dictionary<long, RewardStatistics> groups = Statistics(scores, groupIds, options);
        RewardStatistics batch = OfRows(scores, options.UsePopulationStandardDeviation);
        double[] advantages = options.Aggregation == RewardAggregation.NormalizeThenSum
            ? [.. scores.Select(score => Scaled(score, batch.StandardDeviation, options))]
            : Advantages(scores, groupIds, groups, batch, options);
        bool byBatch = options.Aggregation == RewardAggregation.NormalizeThenSum
            || options.Scale == AdvantageScale.Batch;

        // NaN (0 / 0) if there is no row.
        double zeroFraction = byBatch
            ? (batch.IsConstant ? 1 : 0)
            : groupIds.Count(id => groups[id].IsConstant) / (double)groupIds.Count;
        return new AdvantageResult(
            advantages,
            totals,
            groups,
            RewardStatistics.Of(totals, options.UsePopulationStandardDeviation),
            [.. Enumerable.Range(0, weightOf.Length)
                .Select(
                    reward => RewardStatistics.Of(rewards.Select(row => row[reward]), options.UsePopulationStandardDeviation))],
            zeroFraction);
    }

    private static double? WeightedSum(IReadOnlyList<double?> row, double[] weights)
    {
        double sum = 0;
        bool any = false;
        for (int i = 0; i < weights.Length; i++)
        {
            if (row[i] is double value)
            {
                sum += weights[i] * value;
                any = true;
            }
        }

        return any ? sum : null;
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
            Dictionary<long, RewardStatistics> groups = Statistics(column, groupIds, options);
            for (int row = 0; row < column.Length; row++)
            {
                RewardStatistics group = groups[groupIds[row]];
                normalized[row][reward] = column[row] is null
                    ? null : Scaled(column[row] - group.Mean, group.StandardDeviation, options);
            }
        }

        return [.. normalized.Select(row => WeightedSum(row, weights))];
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

    private static Dictionary<long, RewardStatistics> Statistics(
        double?[] values, IReadOnlyList<long> groupIds, AdvantageOptions options) => groupIds
        .Select((id, row) => (Id: id, Value: values[row]))
        .GroupBy(pair => pair.Id, pair => pair.Value)
        .ToDictionary(group => group.Key, group => OfRows([.. group], options.UsePopulationStandardDeviation));

    private static RewardStatistics OfRows(double?[] values, bool population)
    {
        RewardStatistics statistics = RewardStatistics.Of(values, population);

        // A group of one row has no spread by definition; the spread of a single scored row among several is unknown (NaN).
        return values.Length == 1 ? statistics with { StandardDeviation = 0 } : statistics;
    }
}
