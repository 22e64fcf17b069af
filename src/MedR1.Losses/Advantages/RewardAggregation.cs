namespace MedR1.Losses;

/// <summary>In which order several rewards are added and normalised.</summary>
public enum RewardAggregation
{
    /// <summary>The weighted sum of a row's rewards is normalised.</summary>
    SumThenNormalize,

    /// <summary>
    /// Each reward is normalised in its group, the weighted sum is normalised over the batch: GDPO, which keeps rewards
    /// of different spread from drowning each other.
    /// </summary>
    NormalizeThenSum,
}
