namespace MedR1.Training;

/// <summary>
/// How earlier groups that differ in reward replace groups whose completions all agree (a replay buffer, as in TRL's experimental trainer).
/// A replayed group is off-policy: its ratios are relative to the policy that sampled it.
/// </summary>
public sealed record ReplayOptions
{
    /// <summary>The maximum number of stored groups; the oldest is dropped first.</summary>
    /// <value>The default is 64.</value>
    public int Capacity { get; init; } = 64;

    /// <summary>The maximum age of a group, in rollouts.</summary>
    /// <value>The default is 8.</value>
    public int MaxAge { get; init; } = 8;

    /// <summary>The reward whose values must differ within a group for it to be stored.</summary>
    /// <value>The default is <see langword="null"/>: the total.</value>
    public string? Reward { get; init; }
}
