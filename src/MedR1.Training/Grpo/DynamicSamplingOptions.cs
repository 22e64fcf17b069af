namespace MedR1.Training;

/// <summary>How groups whose completions all agree are replaced, since they teach nothing (DAPO, arXiv 2503.14476).</summary>
public sealed record DynamicSamplingOptions
{
    /// <summary>
    /// The reward whose values must differ within a group. Choose a right-or-wrong reward: with a shaped total, groups that are entirely
    /// wrong still differ a little and would be kept.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the total.</value>
    public string? Reward { get; init; }

    /// <summary>
    /// The maximum number of times the sampler is called for one rollout; groups still missing then are filled up with groups that agree.
    /// Each further round samples as many new prompts as are missing.
    /// </summary>
    /// <value>The default is 10, as in DAPO's recipe.</value>
    public int MaxRounds { get; init; } = 10;
}
