namespace MedR1.Training;

/// <summary>How groups that all agree are replaced, since they teach nothing (DAPO, arXiv 2503.14476).</summary>
public sealed record DynamicSamplingOptions
{
    /// <summary>
    /// The reward whose values must differ in a group. Give the right-or-wrong one: with a shaped total, groups that
    /// are wrong throughout still differ a little and would stay.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the total.</value>
    public string? Reward { get; init; }

    /// <summary>
    /// How often the sampler is asked at most for one rollout; what is missing then is filled up with groups that
    /// agree. Each further round asks new prompts, as many as are missing.
    /// </summary>
    /// <value>The default is 10, as in DAPO's recipe.</value>
    public int MaxRounds { get; init; } = 10;
}
