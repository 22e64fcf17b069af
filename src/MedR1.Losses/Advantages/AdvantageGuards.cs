namespace MedR1.Losses;

/// <summary>Checks what advantages are computed from.</summary>
internal static class AdvantageGuards
{
    public static void Check(
        IReadOnlyList<IReadOnlyList<double?>> rewards,
        IReadOnlyList<double>? weights,
        IReadOnlyList<long> groupIds,
        AdvantageOptions options,
        IReadOnlyList<double>? penalties)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(groupIds);
        Check(options);
        if (penalties is not null && options.Aggregation == RewardAggregation.NormalizeThenSum)
        {
            throw new ArgumentException(
                "There are penalties, but NormalizeThenSum has no sum of raw rewards to subtract them from: use SumThenNormalize, or "
                + "set them to null.", nameof(penalties));
        }

        if (penalties is not null && penalties.Count != rewards.Count)
        {
            throw new ArgumentException(
                $"There are {penalties.Count} penalties for {rewards.Count} rows: give one for each.",
                nameof(penalties));
        }

        Check(rewards, weights, groupIds);
        for (int row = 0; row < (penalties?.Count ?? 0); row++)
        {
            RequireFinite(penalties![row], $"The penalty of row {row}", nameof(penalties));
        }
    }

    /// <exception cref="InvalidLossOptionsException">The options are invalid.</exception>
    public static void Check(AdvantageOptions options)
    {
        IReadOnlyList<string> problems = options.Validate();
        if (problems.Count > 0)
        {
            throw new InvalidLossOptionsException("advantages", problems);
        }
    }

    public static void Check(
        IReadOnlyList<IReadOnlyList<double?>> rewards, IReadOnlyList<double>? weights, IReadOnlyList<long> groupIds)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(groupIds);
        if (groupIds.Count != rewards.Count)
        {
            throw new ArgumentException(
                $"There are {groupIds.Count} group ids for {rewards.Count} rows: give one for each.", nameof(groupIds));
        }

        int expected = weights?.Count ?? (rewards.Count == 0 ? 0 : rewards[0].Count);
        for (int row = 0; row < rewards.Count; row++)
        {
            if (rewards[row].Count != expected)
            {
                throw new ArgumentException(
                    $"Row {row} has {rewards[row].Count} rewards, expected {expected}, one for each "
                    + $"{(weights is null ? "of row 0" : "weight")}: use null where a reward does not apply.",
                nameof(rewards));
            }

            for (int reward = 0; reward < expected; reward++)
            {
                RequireFinite(rewards[row][reward], $"Reward {reward} of row {row}", nameof(rewards));
            }
        }

        for (int reward = 0; reward < (weights?.Count ?? 0); reward++)
        {
            RequireFinite(weights![reward], $"The weight of reward {reward}", nameof(weights));
        }
    }

    public static void CheckTokenCounts(IReadOnlyList<int> tokenCounts, int rows)
    {
        if (tokenCounts.Count != rows)
        {
            throw new ArgumentException(
                $"There are {tokenCounts.Count} token counts for {rows} rows: give one for each.", nameof(tokenCounts));
        }

        for (int row = 0; row < rows; row++)
        {
            if (tokenCounts[row] < 0)
            {
                throw new ArgumentException(
                    $"The token count of row {row} is {tokenCounts[row]}, expected 0 or more: count the completion's tokens.",
                    nameof(tokenCounts));
            }
        }
    }

    private static void RequireFinite(double? value, string what, string parameter)
    {
        if (value is double number && !double.IsFinite(number))
        {
            throw new ArgumentException(
                $"{what} is {number.ToText()}, expected a finite number: use null instead, so that it does not affect "
                + "its group.", parameter);
        }
    }
}
