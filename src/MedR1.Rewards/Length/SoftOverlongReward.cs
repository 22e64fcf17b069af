namespace MedR1.Rewards;

/// <summary>
/// Soft overlong punishment (DAPO, arXiv 2503.14476, equation 13): 0 up to L_max − L_cache tokens, falling linearly to −1 at L_max,
/// −1 beyond. The gradual penalty warns before the limit, since truncation there says nothing about the answer.
/// </summary>
public sealed class SoftOverlongReward : IReward
{
    private readonly int _maxTokens;
    private readonly int _cacheTokens;

    /// <summary>Creates the reward.</summary>
    /// <param name="maxTokens">L_max, the maximum number of tokens.</param>
    /// <param name="cacheTokens">L_cache, the number of tokens before L_max over which the punishment grows; 0 for none.</param>
    /// <param name="name">The name in logs and metrics; null for <c>soft_overlong</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is negative, or the cache larger than the maximum.</exception>
    public SoftOverlongReward(int maxTokens, int cacheTokens, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTokens);
        ArgumentOutOfRangeException.ThrowIfNegative(cacheTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(cacheTokens, maxTokens);
        _maxTokens = maxTokens;
        _cacheTokens = cacheTokens;
        Name = RewardName.Or(name, "soft_overlong");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Completion.TokenCount, _maxTokens, _cacheTokens));
    }

    /// <summary>The reward of a length: −1 to 0.</summary>
    /// <param name="tokens">Number of tokens in the completion.</param>
    /// <param name="maxTokens">L_max.</param>
    /// <param name="cacheTokens">L_cache.</param>
    public static double Score(int tokens, int maxTokens, int cacheTokens)
    {
        int free = maxTokens - cacheTokens;
        return tokens <= free ? 0.0
            : tokens <= maxTokens ? (free - tokens) / (double)cacheTokens
            : -1.0;
    }
}
