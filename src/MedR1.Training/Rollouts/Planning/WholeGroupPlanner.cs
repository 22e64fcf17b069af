namespace MedR1.Training;

/// <summary>Keeps groups whole and in order, so that each prompt is computed once per update.</summary>
public sealed class WholeGroupPlanner : IUpdatePlanner
{
    /// <inheritdoc/>
    public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(options);
        int perMicroStep = options.PromptsPerMicroBatch ?? options.PromptsPerStep;
        return [.. Enumerable.Range(0, rollout.Groups.Count).Chunk(options.PromptsPerStep)
            .Select(step => new PlannedStep([.. step.Chunk(perMicroStep).Select(groups => RowsOf(rollout, groups))]))];
    }

    /// <summary>The completions of groups, one group after another.</summary>
    internal static IReadOnlyList<CompletionIndex> RowsOf(Rollout rollout, IEnumerable<int> groups) =>
        [.. groups.SelectMany(group => Enumerable.Range(0, rollout.Groups[group].Completions.Count)
            .Select(sample => new CompletionIndex(group, sample)))];
}
