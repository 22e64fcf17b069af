namespace MedR1.Losses;

/// <summary>What the difference from the baseline is divided by; a small constant is added to each deviation.</summary>
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
}
