namespace MedR1.Losses;

/// <summary>What a reward is compared with.</summary>
public enum AdvantageBaseline
{
    /// <summary>The mean of the group, the own row included.</summary>
    GroupMean,

    /// <summary>
    /// The mean of the other rows of the group: RLOO (arXiv 2402.14740). A row without others gets 0, and
    /// where others abstained stays out of the spread that <see cref="AdvantageScale.Whiten"/> divides by.
    /// </summary>
    LeaveOneOut,
}
