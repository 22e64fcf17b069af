namespace MedR1.Training;

/// <summary>How a reward failed.</summary>
public enum RewardFailureKind
{
    /// <summary>It threw an exception.</summary>
    Threw,

    /// <summary>It did not answer in time.</summary>
    TimedOut,

    /// <summary>It returned NaN or infinity.</summary>
    NotFinite,

    /// <summary>A group reward returned a different number of scores than the group has completions.</summary>
    WrongCount,
}
