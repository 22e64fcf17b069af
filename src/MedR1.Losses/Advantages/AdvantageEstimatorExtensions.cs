namespace MedR1.Losses;

/// <summary>Calls advantage estimators.</summary>
public static class AdvantageEstimatorExtensions
{
    /// <summary>
    /// Computes advantages and checks them, as the trainers do: an estimator of one's own may return too few, or NaN, from which the policy
    /// would learn nonsense.
    /// </summary>
    /// <param name="estimator">The estimator.</param>
    /// <param name="inputs">The scored completions.</param>
    /// <exception cref="InvalidAdvantagesException">
    /// There is no advantage for each completion, one is not finite in float32, a completion without a total has one other than 0, or the
    /// statistics are of other completions or rewards.
    /// </exception>
    public static AdvantageResult ComputeChecked(this IAdvantageEstimator estimator, AdvantageInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentNullException.ThrowIfNull(inputs);

        // A user's estimator may return null although its type says that it doesn't.
        AdvantageResult? result = estimator.Compute(inputs);
        if (ProblemOf(result, inputs) is string problem)
        {
            throw new InvalidAdvantagesException(estimator.GetType().Name, problem);
        }

        return result!;
    }

    private static string? ProblemOf(AdvantageResult? result, AdvantageInputs inputs)
    {
        if (result?.Advantages is null)
        {
            return $"it returned {(result is null ? "null" : "no advantages")} for {inputs.Count} completions: "
                + "return inputs.ToResult(advantages).";
        }

        if (result.Advantages.Count != inputs.Count)
        {
            return $"it returned {result.Advantages.Count} advantages for {inputs.Count} completions: return one for each, in their order.";
        }

        if (result.Totals?.Count != inputs.Count || result.ByReward?.Count != inputs.Weights.Count)
        {
            return $"its statistics are of {result.Totals?.Count ?? 0} completions and {result.ByReward?.Count ?? 0} rewards, expected "
                + $"{inputs.Count} and {inputs.Weights.Count}: return inputs.ToResult(advantages).";
        }

        return Enumerable.Range(0, inputs.Count).Select(row => ProblemOf(result.Advantages[row], row, inputs))
            .FirstOrDefault(problem => problem is not null);
    }

    // Losses compute in float32.
    private static string? ProblemOf(double advantage, int row, AdvantageInputs inputs)
    {
        if (!float.IsFinite((float)advantage))
        {
            string size = double.IsFinite(advantage) ? ", which is infinite in float32" : "";
            return $"the advantage of completion {row} is {advantage.ToText()}{size}; its total is "
                + $"{inputs.Totals[row]?.ToText() ?? "null"}: return finite numbers, such as 0 where a divisor is 0.";
        }

        return inputs.Totals[row] is null && advantage != 0
            ? $"the advantage of completion {row} is {advantage.ToText()}, but it has no total, because no reward applied or one failed: "
                + "return 0, and leave it out of means; AdvantageInputs.Groups has only completions with a total."
            : null;
    }
}
