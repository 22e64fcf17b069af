namespace MedR1.Training;

/// <summary>A reward with its weight in the total.</summary>
public sealed class WeightedReward
{
    private readonly IReward? _single;
    private readonly IGroupReward? _group;

    /// <summary>Weights a reward that scores completions one by one.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="weight">The reward's weight in the total.</param>
    public WeightedReward(IReward reward, double weight = 1.0)
        : this((reward ?? throw new ArgumentNullException(nameof(reward))).Name, weight)
    {
        _single = reward;
    }

    /// <summary>Weights a reward that scores the completions of a prompt together.</summary>
    /// <param name="reward">The reward.</param>
    /// <param name="weight">The reward's weight in the total.</param>
    public WeightedReward(IGroupReward reward, double weight = 1.0)
        : this((reward ?? throw new ArgumentNullException(nameof(reward))).Name, weight)
    {
        _group = reward;
    }

    private WeightedReward(string name, double weight)
    {
        // A third-party reward may violate nullability.
        if (name is null)
        {
            throw new ArgumentException("The reward has no name, which metrics and messages need; let its Name return one.", "reward");
        }

        if (!double.IsFinite(weight))
        {
            throw new ArgumentOutOfRangeException(
                nameof(weight), weight, $"The weight of reward '{name}' must be a finite number.");
        }

        Name = name;
        Weight = weight;
    }

    /// <summary>The reward's name.</summary>
    public string Name { get; }

    /// <summary>The reward's weight in the total.</summary>
    public double Weight { get; }

    /// <summary>Whether the reward scores the completions of a prompt together.</summary>
    internal bool ScoresGroups => _group is not null;

    internal ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken) =>
        _single!.ScoreAsync(context, cancellationToken);

    internal ValueTask<IReadOnlyList<double?>> ScoreAsync(CompletionGroup group, CancellationToken cancellationToken) =>
        _group!.ScoreAsync(group, cancellationToken);
}
