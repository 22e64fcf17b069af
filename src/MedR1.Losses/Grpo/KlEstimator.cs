namespace MedR1.Losses;

/// <summary>
/// How the divergence from the reference is estimated from one sampled token (J. Schulman, "Approximating KL
/// divergence", 2020). d = ℓ_reference − ℓ. Never clamped.
/// </summary>
public enum KlEstimator
{
    /// <summary>−d: unbiased in value, noisy; as a loss its gradient has mean 0.</summary>
    K1,

    /// <summary>d²/2: its gradient is that of the divergence.</summary>
    K2,

    /// <summary>exp(d) − d − 1: unbiased and never negative. DeepSeekMath, equation 4.</summary>
    K3,
}
