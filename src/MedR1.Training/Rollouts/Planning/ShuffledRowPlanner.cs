namespace MedR1.Training;

/// <summary>
/// Distributes the completions of a rollout over its steps at random, as TRL does: a group may be split, so that a step sees more prompts,
/// but each prompt is then computed in several passes.
/// </summary>
public sealed class ShuffledRowPlanner : IUpdatePlanner
{
    private const int RowStream = 4;
    private readonly Func<long, int, IReadOnlyList<int>> _permutation;

    /// <summary>Creates a planner that shuffles anew for each rollout.</summary>
    /// <param name="seed">The seed of the orders.</param>
    public ShuffledRowPlanner(long seed)
        : this((rollout, count) => SeedMixer.Permutation(count, SeedMixer.Mix(seed, rollout, RowStream)))
    {
    }

    /// <summary>Creates a planner with given orders.</summary>
    /// <param name="permutation">
    /// Returns the order for the index of a rollout and the number of its completions; the same arguments must give the same
    /// order.
    /// </param>
    public ShuffledRowPlanner(Func<long, int, IReadOnlyList<int>> permutation)
    {
        ArgumentNullException.ThrowIfNull(permutation);
        _permutation = permutation;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The given order is not a permutation of the completions.</exception>
    public IReadOnlyList<PlannedStep> Plan(Rollout rollout, RolloutTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(rollout);
        ArgumentNullException.ThrowIfNull(options);
        CompletionIndex[] rows = [.. WholeGroupPlanner.RowsOf(rollout, Enumerable.Range(0, rollout.Groups.Count))];
        IReadOnlyList<int> permutation = _permutation(rollout.Index, rows.Length);
        if (!permutation.Order().SequenceEqual(Enumerable.Range(0, rows.Length)))
        {
            throw new ArgumentException(
                $"The order of rollout {rollout.Index} is not a permutation of its {rows.Length} completions.");
        }

        int perStep = options.PromptsPerStep * options.GroupSize;
        int perMicroStep = (options.PromptsPerMicroBatch ?? options.PromptsPerStep) * options.GroupSize;
        return [.. permutation.Select(place => rows[place]).Chunk(perStep)
            .Select(step => new PlannedStep([.. step.Chunk(perMicroStep)]))];
    }
}
