namespace MedR1.Rewards;

/// <summary>
/// A correctness reward scaled by length along half a cosine (arXiv 2502.03373, appendix C.1): right answers earn more the shorter
/// they are, wrong answers lose less the longer they are. The paper's separate penalty for exceeding the maximum is not included.
/// </summary>
public sealed class CosineLengthReward : IReward
{
    private readonly IReward _correctness;
    private readonly CosineLengthOptions _options;

    /// <summary>Creates the reward.</summary>
    /// <param name="correctness">
    /// The reward that decides correctness: any score other than 0 is right. If it abstains, so does this reward.
    /// </param>
    /// <param name="options">The end points of the curves.</param>
    /// <param name="name">The name in logs and metrics; null for <c>cosine_length</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="CosineLengthOptions.MaxTokens"/> is below 1.</exception>
    public CosineLengthReward(IReward correctness, CosineLengthOptions options, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(correctness);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxTokens, 1);
        _correctness = correctness;
        _options = options;
        Name = RewardName.Or(name, "cosine_length");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// A correctness of NaN or infinity is a failure, not a right answer: this reward returns the same number, which a trainer counts as
    /// a failure.
    /// </remarks>
    public async ValueTask<double?> ScoreAsync(RewardContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        double? correct = await _correctness.ScoreAsync(context, cancellationToken).ConfigureAwait(false);
        return correct is not double value ? null
            : !double.IsFinite(value) ? value
            : Score(value != 0, context.Completion.TokenCount, _options);
    }

    /// <summary>
    /// The reward: longest + ½·(shortest − longest)·(1 + cos(π·min(1, tokens / <see cref="CosineLengthOptions.MaxTokens"/>))).
    /// </summary>
    /// <param name="correct">Whether the answer is right.</param>
    /// <param name="tokens">Number of tokens in the completion.</param>
    /// <param name="options">The end points of the curves.</param>
    public static double Score(bool correct, int tokens, CosineLengthOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        double progress = Math.Min(tokens / (double)options.MaxTokens, 1.0);
        (double longest, double shortest) = correct
            ? (options.LongestCorrect, options.ShortestCorrect) : (options.LongestIncorrect, options.ShortestIncorrect);
        return longest + 0.5 * (shortest - longest) * (1.0 + Math.Cos(progress * Math.PI));
    }
}
