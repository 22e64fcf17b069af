namespace MedR1.Rewards;

/// <summary>
/// A reward that counts only where a gate is open, such as accuracy that is paid only for the right format. Where the
/// gate is closed the score is a constant and the reward is not asked.
/// </summary>
public sealed class GatedReward : IReward
{
    private readonly IReward _gate;
    private readonly IReward _reward;
    private readonly double _threshold;
    private readonly double? _closed;

    /// <summary>Makes the reward.</summary>
    /// <param name="gate">What must be earned first, such as <see cref="FormatReward"/>.</param>
    /// <param name="reward">What is paid then.</param>
    /// <param name="threshold">The least score of the gate that opens it.</param>
    /// <param name="closed">The score where the gate is closed; null to abstain there.</param>
    /// <param name="name">The name in logs; null for <c>{reward}_if_{gate}</c>.</param>
    public GatedReward(IReward gate, IReward reward, double threshold = 1.0, double? closed = 0.0, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(reward);
        _gate = gate;
        _reward = reward;
        _threshold = threshold;
        _closed = closed;
        Name = name ?? $"{reward.Name}_if_{gate.Name}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>Abstains where the gate does, or where it is open and the reward does.</remarks>
    public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        double? open = await _gate.ScoreAsync(context, cancellationToken).ConfigureAwait(false);
        return open is not double score ? null
            : score >= _threshold ? await _reward.ScoreAsync(context, cancellationToken).ConfigureAwait(false)
            : _closed;
    }
}
