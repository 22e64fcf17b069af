namespace MedR1.Losses;

/// <summary>
/// How the KL divergence from the reference is estimated from one sampled token (J. Schulman, "Approximating KL divergence", 2020).
/// d = ℓ_reference − ℓ, which is never clamped.
/// </summary>
public enum KlEstimator
{
    /// <summary>−d: unbiased but noisy in value; as a loss, its expected gradient is 0.</summary>
    K1,

    /// <summary>d²/2: its expected gradient is that of the KL divergence.</summary>
    K2,

    /// <summary>exp(d) − d − 1: unbiased and never negative. DeepSeekMath, equation 4.</summary>
    K3,
}
