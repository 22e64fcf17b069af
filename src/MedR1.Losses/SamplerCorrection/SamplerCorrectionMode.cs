namespace MedR1.Losses;

/// <summary>
/// How terms are weighted by the ratio of the trainer's old policy to the sampler: what the ratio is taken over, and how it is
/// bounded.
/// </summary>
public enum SamplerCorrectionMode
{
    /// <summary>A ratio for each token, clamped to the bounds: truncated importance sampling.</summary>
    TokenTruncate,

    /// <summary>A ratio for each token, 0 outside the bounds: masked importance sampling, IcePop.</summary>
    TokenMask,

    /// <summary>One ratio for the completion (the product over its tokens), clamped to the bounds.</summary>
    SequenceTruncate,

    /// <summary>
    /// One ratio for the completion, 0 outside the bounds. For long completions, small differences per token are enough to exceed
    /// the bounds.
    /// </summary>
    SequenceMask,
}
