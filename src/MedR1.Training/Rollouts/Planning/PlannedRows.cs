namespace MedR1.Training;

/// <summary>Asks a planner, which may be the user's own, for a plan.</summary>
internal static class PlannedRows
{
    /// <summary>The plan of one iteration over a rollout.</summary>
    /// <exception cref="InvalidOperationException">
    /// The plan has an empty part, or a completion that does not exist or is repeated in a step.
    /// </exception>
    public static IReadOnlyList<PlannedStep> Of(IUpdatePlanner planner, Rollout rollout, RolloutTrainerOptions options)
    {
        string name = $"The planner {planner.GetType().Name}";
        IReadOnlyList<PlannedStep> plan = UserCode.Call(() => planner.Plan(rollout, options), name);
        return ProblemOf(plan, rollout) is string problem
            ? throw new InvalidOperationException(
                $"{name} made a plan that {problem}; each of its steps must have passes of completions of the rollout, none of them twice.")
            : plan;
    }

    // A user's planner may return null although its type says that it doesn't.
    private static string? ProblemOf(IReadOnlyList<PlannedStep>? plan, Rollout rollout)
    {
        if (plan is null)
        {
            return "is null";
        }

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

        HashSet<CompletionIndex> all = [.. WholeGroupPlanner.RowsOf(rollout, Enumerable.Range(0, rollout.Groups.Count))];
        return plan.Select(step => ProblemOf(step, all)).FirstOrDefault(problem => problem is not null);
    }

    private static string? ProblemOf(PlannedStep step, HashSet<CompletionIndex> all)
    {
        HashSet<CompletionIndex> seen = [];
        foreach (CompletionIndex row in step.MicroSteps.SelectMany(rows => rows))
        {
            if (!all.Contains(row))
            {
                return $"contains {NameOf(row)}, which doesn't exist";
            }

            if (!seen.Add(row))
            {
                return $"contains {NameOf(row)} twice in a step";
            }
        }

        return null;
    }

    private static string NameOf(CompletionIndex row) => $"sample {row.Sample} of group {row.Group}";
}
