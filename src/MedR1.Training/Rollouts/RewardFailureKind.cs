using MedR1.Losses;

namespace MedR1.Training;

/// <summary>How a reward failed.</summary>
public enum RewardFailureKind
{
    /// <summary>The reward threw an exception.</summary>
    Exception,

    /// <summary>The reward did not complete in time.</summary>
    Timeout,

    /// <summary>
    /// The reward returned NaN, infinity, or a number that is infinite in float32, alone or, with its weight, in the completion's total. A
    /// total beyond ±1e12 is too large as well if nothing divides advantages by a deviation, as in PPO, Dr. GRPO and RLOO, unless
    /// <see cref="AdvantageOptions.RewardRange"/> clamps it on that side; and with every estimator other than <see cref="GroupAdvantages"/>.
    /// </summary>
    NotFinite,

    /// <summary>A group reward returned a different number of scores than the group has completions.</summary>
    CountMismatch,
}
