namespace MedR1.Losses;

/// <summary>The order in which several rewards are added and normalised.</summary>
public enum RewardAggregation
{
    /// <summary>The weighted sum of a row's rewards is normalised.</summary>
    SumThenNormalize,

    /// <summary>
    /// Each reward is normalised in its group, then the weighted sum is normalised over the batch: GDPO, which keeps rewards with a
    /// large spread from drowning out the others.
    /// </summary>
    NormalizeThenSum,
}
