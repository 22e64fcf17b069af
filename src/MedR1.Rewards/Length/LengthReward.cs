namespace MedR1.Rewards;

/// <summary>
/// 1 for a completion of <c>least</c> to <c>most</c> tokens, falling linearly to 0 at no tokens and at twice <c>most</c>.
/// </summary>
public sealed class LengthReward : IReward
{
    private readonly int _least;
    private readonly int _most;

    /// <summary>Creates the reward.</summary>
    /// <param name="least">The minimum number of tokens that earns the full reward.</param>
    /// <param name="most">The maximum number of tokens that earns the full reward.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is empty or negative.</exception>
    public LengthReward(int least, int most)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(least);
        ArgumentOutOfRangeException.ThrowIfLessThan(most, Math.Max(1, least));
        _least = least;
        _most = most;
    }

    /// <inheritdoc/>
    public string Name => "length";

    /// <inheritdoc/>
    public ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ValueTask.FromResult<double?>(Score(context.Completion.TokenCount, _least, _most));
    }

    /// <summary>The reward of a length: 0 to 1.</summary>
    /// <param name="tokens">Number of tokens in the completion.</param>
    /// <param name="least">The minimum that earns 1.</param>
    /// <param name="most">The maximum that earns 1.</param>
    public static double Score(int tokens, int least, int most) =>
        tokens < least ? tokens / (double)least
        : tokens <= most ? 1.0
        : Math.Max(0.0, 2.0 - tokens / (double)most);
}
