namespace MedR1.Losses;

/// <summary>What the difference from the baseline is divided by; a small constant is added to each divisor.</summary>
public enum AdvantageScale
{
    /// <summary>The deviation of the group's rewards: GRPO (DeepSeekMath, section 4.1.2).</summary>
    Group,

    /// <summary>The deviation of all rewards of the batch (arXiv 2508.08221).</summary>
    Batch,

    /// <summary>Nothing: Dr. GRPO (arXiv 2503.20783).</summary>
    None,

    /// <summary>
    /// The deviation of the differences over the batch, their mean taken off first: RLOO's <c>normalize_advantages</c>,
    /// REINFORCE++-baseline.
    /// </summary>
    Whiten,

    /// <summary>
    /// The mean of the group's rewards: MaxRL (arXiv 2602.02710), whose gradient goes towards that of the logarithm of
    /// the chance to be right. Derived for rewards of 0 and 1; a group whose mean is not above 0 teaches nothing.
    /// </summary>
    GroupMean,
}
