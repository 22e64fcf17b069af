namespace MedR1.Rewards;

/// <summary>
/// A reward that counts only if a gate is open, such as accuracy that counts only for the right format. If the gate is closed, the
/// score is a constant and the reward is not computed.
/// </summary>
public sealed class GatedReward : IReward
{
    private readonly IReward _gate;
    private readonly IReward _reward;
    private readonly double _threshold;
    private readonly double? _closed;

    /// <summary>Creates the reward.</summary>
    /// <param name="gate">The reward that opens the gate, such as <see cref="FormatReward"/>.</param>
    /// <param name="reward">The reward given if the gate is open.</param>
    /// <param name="threshold">The minimum score of the gate that opens the gate.</param>
    /// <param name="closed">The score if the gate is closed; null to abstain.</param>
    /// <param name="name">The name in logs; null for <c>{reward}_if_{gate}</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="threshold"/> is NaN, or <paramref name="closed"/> is not finite.</exception>
    public GatedReward(IReward gate, IReward reward, double threshold = 1.0, double? closed = 0.0, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(reward);
        if (double.IsNaN(threshold))
        {
            throw new ArgumentException("The threshold is NaN, which no score reaches; use a number.", nameof(threshold));
        }

        if (closed is double score && !double.IsFinite(score))
        {
            throw new ArgumentException(
                FormattableString.Invariant($"The score for a closed gate is {score}; use a finite number, or null to abstain."),
                nameof(closed));
        }

        _gate = gate;
        _reward = reward;
        _threshold = threshold;
        _closed = closed;
        Name = RewardName.Or(name, $"{reward.Name}_if_{gate.Name}");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Abstains if the gate does, or if it is open and the reward does. A gate that returns NaN or infinity has failed, and so has this
    /// reward: it returns the same number, which a trainer counts as a failure.
    /// </remarks>
    public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        double? open = await _gate.ScoreAsync(context, cancellationToken).ConfigureAwait(false);
        return open is not double score ? null
            : !double.IsFinite(score) ? score
            : score >= _threshold ? await _reward.ScoreAsync(context, cancellationToken).ConfigureAwait(false)
            : _closed;
    }
}
