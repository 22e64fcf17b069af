namespace MedR1.Losses;

/// <summary>
/// How terms are weighed by the ratio of the trainer's old policy to the sampler: what it is taken over, and what
/// happens outside the bounds.
/// </summary>
public enum SamplerCorrectionMode
{
    /// <summary>A ratio for each token, moved to the bound: truncated importance sampling.</summary>
    TokenTruncate,

    /// <summary>A ratio for each token, 0 outside the bounds: masked importance sampling, IcePop.</summary>
    TokenMask,

    /// <summary>One ratio for the completion (the product over its tokens), moved to the bound.</summary>
    SequenceTruncate,

    /// <summary>
    /// One ratio for the completion, 0 outside the bounds. Long completions reach the bound by small differences.
    /// </summary>
    SequenceMask,
}
