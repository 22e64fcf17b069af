namespace MedR1.Losses;

/// <summary>
/// What the ratio of the current to the old policy is taken over. d is the difference of a token's log-probabilities ℓ.
/// </summary>
public enum ImportanceSamplingLevel
{
    /// <summary>Each token: exp(d).</summary>
    Token,

    /// <summary>
    /// The completion's geometric mean: exp(mean of d over its tokens). GSPO (arXiv 2507.18071, equation 7).
    /// </summary>
    Sequence,

    /// <summary>
    /// The completion's geometric mean as the value, but each token's own gradient: ℓ − sg(ℓ) + sg(mean of d). GSPO-token (arXiv
    /// 2507.18071, equation 14).
    /// </summary>
    SequenceToken,

    /// <summary>The whole completion: exp(sum of d over its tokens). RLOO.</summary>
    SequenceSum,
}
