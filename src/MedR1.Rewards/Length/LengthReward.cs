namespace MedR1.Rewards;

/// <summary>
/// 1 for a completion of <c>minTokens</c> to <c>maxTokens</c> tokens, falling linearly to 0 at no tokens and at twice <c>maxTokens</c>.
/// </summary>
public sealed class LengthReward : IReward
{
    private readonly int _minTokens;
    private readonly int _maxTokens;

    /// <summary>Creates the reward.</summary>
    /// <param name="minTokens">The minimum number of tokens that earns the full reward.</param>
    /// <param name="maxTokens">The maximum number of tokens that earns the full reward.</param>
    /// <param name="name">The name in logs and metrics; null for <c>length</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or negative.</exception>
    public LengthReward(int minTokens, int maxTokens, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minTokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, Math.Max(1, minTokens));
        _minTokens = minTokens;
        _maxTokens = maxTokens;
        Name = RewardName.Or(name, "length");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Completion.TokenCount, _minTokens, _maxTokens));
    }

    /// <summary>The reward of a length: 0 to 1.</summary>
    /// <param name="tokens">Number of tokens in the completion.</param>
    /// <param name="minTokens">The minimum that earns 1.</param>
    /// <param name="maxTokens">The maximum that earns 1.</param>
    public static double Score(int tokens, int minTokens, int maxTokens) =>
        tokens < minTokens ? tokens / (double)minTokens
        : tokens <= maxTokens ? 1.0
        : Math.Max(0.0, 2.0 - tokens / (double)maxTokens);
}
