namespace MedR1;

/// <summary>A reward written as a lambda.</summary>
public sealed class DelegateReward : IReward
{
    private readonly Func<RewardContext, CancellationToken, ValueTask<double?>> _score;

    /// <summary>Creates a reward from a function.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion, or returns <see langword="null"/> if the reward does not apply; called from several threads.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public DelegateReward(string name, Func<RewardContext, double?> score)
        : this(name, Wrap(score))
    {
    }

    /// <summary>Creates a reward from an asynchronous function.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="score">
    /// Scores a completion, or returns <see langword="null"/> if the reward does not apply; called from several threads.
    /// </param>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public DelegateReward(string name, Func<RewardContext, CancellationToken, ValueTask<double?>> score)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(score);
        Name = name;
        _score = score;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _score(context, cancellationToken);
    }

    private static Func<RewardContext, CancellationToken, ValueTask<double?>> Wrap(Func<RewardContext, double?> score)
    {
        ArgumentNullException.ThrowIfNull(score);
        return (context, _) => ValueTask.FromResult(score(context));
    }
}
