namespace MedR1.Losses;

/// <summary>What a reward is compared with.</summary>
public enum AdvantageBaseline
{
    /// <summary>The mean of the group, including the row itself.</summary>
    GroupMean,

    /// <summary>
    /// The mean of the other rows in the group: RLOO (arXiv 2402.14740). A row without others gets 0; if the other rows' rewards
    /// all abstained, it is also left out of the deviation that <see cref="AdvantageScale.Whiten"/> divides by.
    /// </summary>
    LeaveOneOut,
}
