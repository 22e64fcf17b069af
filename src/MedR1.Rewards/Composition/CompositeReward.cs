namespace MedR1.Rewards;

/// <summary>A weighted sum of rewards under one name: Σ w·r over the rewards that apply; abstains if none does.</summary>
/// <remarks>
/// A trainer reports each reward that is added to it separately, so use this class only where a single reward is needed, such as
/// the correctness of <see cref="CosineLengthReward"/>.
/// </remarks>
public sealed class CompositeReward : IReward
{
    private readonly (IReward Reward, double Weight)[] _parts;

    /// <summary>Creates the reward.</summary>
    /// <param name="name">The name in logs and metrics.</param>
    /// <param name="parts">The rewards with their weights.</param>
    /// <exception cref="ArgumentException">There are no rewards, or a weight is not finite.</exception>
    public CompositeReward(string name, params (IReward Reward, double Weight)[] parts)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0)
        {
            throw new ArgumentException("There are no rewards: give at least one with its weight.", nameof(parts));
        }

        foreach ((IReward reward, double weight) in parts)
        {
            ArgumentNullException.ThrowIfNull(reward, nameof(parts));
            if (!double.IsFinite(weight))
            {
                throw new ArgumentException(
                    $"The weight of '{reward.Name}' is {weight.ToText()}, expected a finite number.", nameof(parts));
            }
        }

        Name = name;
        _parts = [.. parts];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        double? sum = null;
        foreach ((IReward reward, double weight) in _parts)
        {
            if (await reward.ScoreAsync(context, cancellationToken).ConfigureAwait(false) is double score)
            {
                sum = (sum ?? 0) + weight * score;
            }
        }

        return sum;
    }
}
