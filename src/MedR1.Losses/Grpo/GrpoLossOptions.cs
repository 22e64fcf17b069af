namespace MedR1.Losses;

/// <summary>
/// Selects a member of the GRPO family for <see cref="GrpoLoss"/>. Papers are presets (<see cref="MedR1"/>,
/// <see cref="DeepSeekMath"/>, <see cref="Dapo"/>, …); modify one using <c>with</c>.
/// </summary>
public sealed partial record GrpoLossOptions
{
    /// <summary>The token term.</summary>
    /// <value>The default is <see cref="PolicyObjective.ClippedSurrogate"/>.</value>
    public PolicyObjective Objective { get; init; } = PolicyObjective.ClippedSurrogate;

    /// <summary>How the terms are reduced to a scalar.</summary>
    /// <value>The default is <see cref="LossNormalization.StepTokens"/>.</value>
    public LossNormalization Normalization { get; init; } = LossNormalization.StepTokens;

    /// <summary>What the ratio is taken over.</summary>
    /// <value>The default is <see cref="ImportanceSamplingLevel.Token"/>.</value>
    public ImportanceSamplingLevel ImportanceSamplingLevel { get; init; } = ImportanceSamplingLevel.Token;

    /// <summary>ε_low: ratios below 1 − ε_low, or logarithms below −ε_low, are clipped.</summary>
    /// <value>The default is 0.2.</value>
    public double ClipLow { get; init; } = 0.2;

    /// <summary>ε_high: ratios above 1 + ε_high, or logarithms above ε_high, are clipped.</summary>
    /// <value>The default is <see langword="null"/>: as <see cref="ClipLow"/>.</value>
    public double? ClipHigh { get; init; }

    /// <summary>
    /// δ: an upper bound on the ratio for negative advantages, where the clip has none (two-sided clip, INTELLECT-2, arXiv
    /// 2505.07291). At 1 + ε_high or above, this is PPO's dual clip (arXiv 1912.09729, equation 5, and verl with c = 3).
    /// </summary>
    /// <value>The default is <see langword="null"/>: no bound.</value>
    public double? RatioBound { get; init; }

    /// <summary>
    /// The maximum weight in <see cref="PolicyObjective.CispoAbsoluteCap"/>: an absolute ratio, not an offset from 1.
    /// </summary>
    /// <value>The default is 5, as in ScaleRL.</value>
    public double RatioCap { get; init; } = 5.0;

    /// <summary>Temperatures of <see cref="PolicyObjective.Sapo"/>.</summary>
    /// <value>The default is the paper's.</value>
    public SapoOptions SapoGate { get; init; } = new();

    /// <summary>Shape of <see cref="PolicyObjective.Vespo"/>.</summary>
    /// <value>The default is TRL's.</value>
    public VespoOptions VespoWeight { get; init; } = new();

    /// <summary>The tokens that <see cref="PolicyObjective.ClipCovariance"/> leaves out.</summary>
    /// <value>The default is the paper's.</value>
    public ClipCovarianceOptions ClipCovariance { get; init; } = new();

    /// <summary>The tokens that <see cref="PolicyObjective.KlCovariance"/> penalises.</summary>
    /// <value>The default is the paper's.</value>
    public KlCovarianceOptions KlCovariance { get; init; } = new();

    /// <summary>β: the weight of the KL divergence from the reference policy; 0 needs no reference.</summary>
    /// <value>The default is 0.</value>
    public double KlCoefficient { get; init; }

    /// <summary>How the KL divergence is estimated.</summary>
    /// <value>The default is <see cref="KlEstimator.K3"/>.</value>
    public KlEstimator KlEstimator { get; init; } = KlEstimator.K3;

    /// <summary>
    /// Whether the KL estimate is multiplied by the ratio, including its gradient, which makes the estimate unbiased off policy and
    /// also changes its gradient on policy (DeepSeek-V3.2, arXiv 2512.02556). On by default in TRL; off in DeepSeekMath and Med-R1.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool CorrectKlByRatio { get; init; }

    /// <summary>Whether truncated completions are masked; see <see cref="IPolicyLoss.MasksTruncatedCompletions"/>.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool MaskTruncatedCompletions { get; init; }

    /// <summary>
    /// ρ: only this fraction of a micro-batch's active tokens, those with the highest entropy, contributes a policy gradient (arXiv
    /// 2506.01939); 1 for all, 0 for the single highest. The divisor remains the full count, and the KL term is not masked. Depends on
    /// how a step is split into micro-batches.
    /// </summary>
    /// <value>The default is 1.</value>
    public double TopEntropyQuantile { get; init; } = 1.0;

    /// <summary>
    /// The weight of the entropy bonus, which is the mean entropy of the tokens that contribute a policy gradient and is subtracted
    /// from the loss.
    /// </summary>
    /// <value>The default is 0.</value>
    public double EntropyCoefficient { get; init; }

    /// <summary>
    /// Rows with a negative advantage whose mean log-ratio of sampler (or old policy) to policy exceeds this threshold contribute
    /// no policy gradient (off-policy sequence mask, DeepSeek-V3.2).
    /// </summary>
    /// <value>The default is <see langword="null"/>: no row is left out.</value>
    public double? OffPolicyMaskThreshold { get; init; }

    /// <summary>How to correct for a sampler whose probabilities differ from those of the trainer's model.</summary>
    /// <value>The default is <see langword="null"/>: no correction.</value>
    public SamplerCorrectionOptions? SamplerCorrection { get; init; }

    /// <summary>A description of every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate() => GrpoLossOptionsValidator.Validate(this);
}
