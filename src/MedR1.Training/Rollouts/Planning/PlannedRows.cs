namespace MedR1.Training;

/// <summary>Asks a planner, which may be the user's own, for a plan.</summary>
internal static class PlannedRows
{
    /// <summary>The plan of one iteration over a rollout.</summary>
    /// <exception cref="InvalidOperationException">The plan does not contain every completion once.</exception>
    public static IReadOnlyList<PlannedStep> Of(IUpdatePlanner planner, Rollout rollout, RolloutTrainerOptions options)
    {
        string name = $"The planner {planner.GetType().Name}";
        IReadOnlyList<PlannedStep> plan = UserCode.Call(() => planner.Plan(rollout, options), name);
        return ProblemOf(plan, rollout) is string problem
            ? throw new InvalidOperationException(
                $"{name} made a plan that {problem}; every completion of the rollout must be in exactly one pass.")
            : plan;
    }

    private static string? ProblemOf(IReadOnlyList<PlannedStep> plan, Rollout rollout)
    {
        if (plan.Count == 0)
        {
            return "has no steps";
        }

        if (plan.Any(step => step.MicroSteps.Count == 0))
        {
            return "has a step without passes";
        }

        if (plan.Any(step => step.MicroSteps.Any(rows => rows.Count == 0)))
        {
            return "has a pass without completions";
        }

        HashSet<CompletionIndex> missing = [.. WholeGroupPlanner.RowsOf(rollout, Enumerable.Range(0, rollout.Groups.Count))];
        HashSet<CompletionIndex> all = [.. missing];
        foreach (CompletionIndex row in plan.SelectMany(step => step.MicroSteps).SelectMany(rows => rows))
        {
            if (!missing.Remove(row))
            {
                return $"contains {NameOf(row)}{(all.Contains(row) ? " twice" : ", which doesn't exist")}";
            }
        }

        return missing.Count == 0 ? null : $"lacks {NameOf(missing.First())}";
    }

    private static string NameOf(CompletionIndex row) => $"sample {row.Sample} of group {row.Group}";
}
