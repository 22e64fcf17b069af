namespace MedR1.Losses;

/// <summary>
/// Which member of the GRPO family a <see cref="GrpoLoss"/> is. Papers are presets (<see cref="MedR1"/>,
/// <see cref="DeepSeekMath"/>, <see cref="Dapo"/>, …); modify one using <c>with</c>.
/// </summary>
public sealed partial record GrpoLossOptions
{
    /// <summary>The token term.</summary>
    /// <value>The default is <see cref="PolicyObjective.ClippedRatio"/>.</value>
    public PolicyObjective Objective { get; init; } = PolicyObjective.ClippedRatio;

    /// <summary>How terms are reduced to one number.</summary>
    /// <value>The default is <see cref="LossNormalization.StepTokens"/>.</value>
    public LossNormalization Normalization { get; init; } = LossNormalization.StepTokens;

    /// <summary>What the ratio is taken over.</summary>
    /// <value>The default is <see cref="RatioLevel.Token"/>.</value>
    public RatioLevel RatioLevel { get; init; } = RatioLevel.Token;

    /// <summary>ε_low: ratios below 1 − this are clipped.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>ε_high: ratios above 1 + this are clipped.</summary>
    /// <value>The default is <see langword="null"/>: as <see cref="ClipLow"/>.</value>
    public double? ClipHigh { get; init; }

    /// <summary>
    /// δ: bounds the ratio for negative advantages, where the clip does not (two-sided clip, INTELLECT-2, arXiv 2505.07291). At 1 +
    /// ε_high or above it is PPO's dual clip (arXiv 1912.09729, equation 5, and verl with c = 3).
    /// </summary>
    /// <value>The default is <see langword="null"/>: no bound.</value>
    public double? RatioBound { get; init; }

    /// <summary>
    /// The maximum weight in <see cref="PolicyObjective.CispoAbsoluteCap"/>: the ratio itself, not 1 + something.
    /// </summary>
    /// <value>The default is 5, as in ScaleRL.</value>
    public double RatioCap { get; init; } = 5.0;

    /// <summary>Temperatures of <see cref="PolicyObjective.Sapo"/>.</summary>
    /// <value>The default is the paper's.</value>
    public SapoOptions SapoGate { get; init; } = new();

    /// <summary>Shape of <see cref="PolicyObjective.Vespo"/>.</summary>
    /// <value>The default is TRL's.</value>
    public VespoOptions VespoWeight { get; init; } = new();

    /// <summary>β: the weight of the divergence from the reference policy; 0 needs no reference.</summary>
    /// <value>The default is 0.</value>
    public double KlCoefficient { get; init; }

    /// <summary>How the divergence is estimated.</summary>
    /// <value>The default is <see cref="KlEstimator.K3"/>.</value>
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K3;

    /// <summary>
    /// Whether the estimate is multiplied by the ratio, gradient included, which makes it unbiased off policy and
    /// changes its gradient also on policy (DeepSeek-V3.2, arXiv 2512.02556). TRL's default is on; DeepSeekMath and
    /// Med-R1 have it off.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool CorrectKlByRatio { get; init; }

    /// <summary>
    /// Whether completions that were cut off take no part; see <see cref="IPolicyLoss.ExcludesTruncated"/>.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool ExcludeTruncated { get; init; }

    /// <summary>
    /// ρ: only this share of the active tokens, those with the highest entropy, gives a policy gradient (arXiv 2506.01939); 1 for
    /// all, 0 for the single highest. The divisor remains the full count and the divergence is not masked.
    /// </summary>
    /// <value>The default is 1.</value>
    public double TopEntropyShare { get; init; } = 1.0;

    /// <summary>
    /// The weight of the entropy bonus: loss − this × mean entropy of the tokens that give a policy gradient.
    /// </summary>
    /// <value>The default is 0.</value>
    public double EntropyCoefficient { get; init; }

    /// <summary>
    /// Rows with a negative advantage whose mean log-ratio of sampler (or old policy) to policy exceeds this give no policy
    /// gradient (off-policy sequence mask, DeepSeek-V3.2).
    /// </summary>
    /// <value>The default is <see langword="null"/>: no row is left out.</value>
    public double? OffPolicyThreshold { get; init; }

    /// <summary>How to correct for a sampler that is not the trainer's own model.</summary>
    /// <value>The default is <see langword="null"/>: not at all.</value>
    public SamplerCorrectionOptions? SamplerCorrection { get; init; }

    /// <summary>Every mistake in these options, in words; empty if there is none.</summary>
    public IReadOnlyList<string> Validate() => GrpoLossOptionsValidator.Validate(this);
}
