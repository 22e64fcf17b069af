namespace MedR1.Losses;

/// <summary>
/// The token term to minimise. r is the ratio of the current policy to the policy before the update, A the advantage, ℓ the
/// log-probability; sg stops the gradient.
/// </summary>
public enum PolicyObjective
{
    /// <summary>
    /// −min(min(r, <see cref="GrpoLossOptions.RatioBound"/>)·A, clamp(r, 1−low, 1+high)·A): PPO's clip (arXiv
    /// 1707.06347, equation 7), used by GRPO, DAPO, Dr. GRPO and GSPO.
    /// </summary>
    ClippedSurrogate,

    /// <summary>
    /// −sg(min(r, <see cref="GrpoLossOptions.RatioCap"/>))·A·ℓ: CISPO with an absolute cap on the weight, as in ScaleRL (arXiv
    /// 2510.13786) and TRL.
    /// </summary>
    CispoAbsoluteCap,

    /// <summary>
    /// −sg(clamp(r, 1−low, 1+high))·A·ℓ: CISPO clipped on both sides around 1 (MiniMax-M1, arXiv 2506.13585, equation
    /// 5; verl, EasyR1).
    /// </summary>
    CispoTwoSided,

    /// <summary>
    /// −(4/τ)·σ(τ(r−1))·A with a temperature τ for each sign of A: SAPO's soft gate (arXiv 2511.20347).
    /// </summary>
    Sapo,

    /// <summary>
    /// −φ(w)·A·ℓ with φ(w) = exp(λ + k·log w − λ·w), w the whole completion's ratio, without gradient: VESPO's smooth
    /// weight (TRL's <c>vespo</c>).
    /// </summary>
    Vespo,

    /// <summary>
    /// −A·exp(mean over a completion's tokens of d), where d = log r is at most high if A > 0, and otherwise at least −low: GMPO (arXiv
    /// 2507.20673). The clip applies to the logarithm of a token's ratio: a <see cref="GrpoLossOptions.ClipLow"/> of 0.4 means ratios from
    /// exp(−0.4) = 0.67.
    /// </summary>
    GeometricMean,

    /// <summary>
    /// The term of <see cref="ClippedSurrogate"/>, but 0 at a few tokens drawn at random from those that lower the entropy most: Clip-Cov
    /// (arXiv 2505.22617). Depends on how a step is split into micro-batches, and needs <see cref="PolicyLossInputs.Seed"/>.
    /// </summary>
    ClipCovariance,

    /// <summary>
    /// −r·A, without a clip, and + β·|ℓ − ℓ_old| at the few tokens that lower the entropy most: KL-Cov (arXiv 2505.22617).
    /// Depends on how a step is split into micro-batches.
    /// </summary>
    KlCovariance,
}
