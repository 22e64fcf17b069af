namespace MedR1.Training;

/// <summary>
/// How groups that taught something are used again in place of groups that all agree (a replay buffer, as TRL's
/// experimental trainer has one). A replayed group is off policy: its ratios go from the policy that sampled it.
/// </summary>
public sealed record ReplayOptions
{
    /// <summary>How many groups are remembered; the oldest leaves first.</summary>
    /// <value>The default is 64.</value>
    public int Capacity { get; init; } = 64;

    /// <summary>How many samplings ago a group may have been sampled.</summary>
    /// <value>The default is 8.</value>
    public int MaxAge { get; init; } = 8;

    /// <summary>The reward whose values must differ in a group that is remembered.</summary>
    /// <value>The default is <see langword="null"/>: the total.</value>
    public string? Reward { get; init; }
}
