namespace MedR1.Losses;

/// <summary>What the difference from the baseline is divided by; a small constant is added to each divisor.</summary>
public enum AdvantageScale
{
    /// <summary>The standard deviation of the group's rewards: GRPO (DeepSeekMath, section 4.1.2).</summary>
    Group,

    /// <summary>The standard deviation of all rewards in the batch (arXiv 2508.08221).</summary>
    Batch,

    /// <summary>Nothing: Dr. GRPO (arXiv 2503.20783).</summary>
    None,

    /// <summary>
    /// The standard deviation of the differences over the batch, whose mean is 0: RLOO's <c>normalize_advantages</c>,
    /// REINFORCE++-baseline.
    /// </summary>
    Whiten,

    /// <summary>
    /// The mean of the group's rewards: MaxRL (arXiv 2602.02710), whose gradient approaches that of the log-probability of a
    /// correct answer. Derived for rewards of 0 and 1; rows of a group whose mean is not above 0 get 0.
    /// </summary>
    GroupMean,
}
