namespace MedR1.Losses;

public sealed partial record GrpoLossOptions
{
    /// <summary>
    /// Med-R1 (arXiv 2503.13939) as implemented by its code (a fork of R1-V, one update per sampling): mean of the completions'
    /// means, β 0.04 with the plain k3 estimator.
    /// </summary>
    public static GrpoLossOptions MedR1 { get; } = new()
    {
        Normalization = LossNormalization.CompletionMean,
        KlCoefficient = 0.04,
    };

    /// <summary>GRPO as published: DeepSeekMath (arXiv 2402.03300), equation 3; clip 0.2, β 0.04.</summary>
    public static GrpoLossOptions DeepSeekMath { get; } = new()
    {
        Normalization = LossNormalization.CompletionMean,
        KlCoefficient = 0.04,
    };

    /// <summary>
    /// DAPO (arXiv 2503.14476): mean over the tokens of the step, clip 0.2 and 0.28, no KL term, truncated completions excluded.
    /// </summary>
    public static GrpoLossOptions Dapo { get; } = new()
    {
        Normalization = LossNormalization.StepTokens,
        ClipHigh = 0.28,
        MaskTruncatedCompletions = true,
    };

    /// <summary>
    /// Dr. GRPO (arXiv 2503.20783): a constant divisor, no KL term. Its advantages are not divided by the standard deviation:
    /// <see cref="AdvantageOptions.DrGrpo"/>.
    /// </summary>
    public static GrpoLossOptions DrGrpo { get; } = new()
    {
        Normalization = LossNormalization.MaxCompletionLength,
    };

    /// <summary>TRL's <c>bnpo</c>: mean over the tokens of the micro-batch.</summary>
    public static GrpoLossOptions Bnpo { get; } = new()
    {
        Normalization = LossNormalization.MicroBatchTokens,
    };

    /// <summary>GSPO (arXiv 2507.18071): ratios of whole completions, clip 3e-4 and 4e-4, no KL term.</summary>
    public static GrpoLossOptions Gspo { get; } = new()
    {
        Normalization = LossNormalization.CompletionMean,
        ImportanceSamplingLevel = ImportanceSamplingLevel.Sequence,
        ClipLow = 3e-4,
        ClipHigh = 4e-4,
    };

    /// <summary>
    /// GSPO with each token's own gradient (arXiv 2507.18071, section 4.3), for advantages that differ by token.
    /// </summary>
    public static GrpoLossOptions GspoToken { get; } = Gspo with { ImportanceSamplingLevel = ImportanceSamplingLevel.SequenceToken };

    /// <summary>
    /// CISPO as in ScaleRL (arXiv 2510.13786) and TRL: weights of at most 5, mean over the tokens of the step.
    /// </summary>
    public static GrpoLossOptions Cispo { get; } = new()
    {
        Objective = PolicyObjective.CispoAbsoluteCap,
        RatioCap = 5.0,
    };

    /// <summary>CISPO as in verl and EasyR1: weights clipped on both sides, mean over the tokens of the step.</summary>
    public static GrpoLossOptions CispoTwoSided { get; } = new()
    {
        Objective = PolicyObjective.CispoTwoSided,
        ClipHigh = 0.28,
    };

    /// <summary>SAPO (arXiv 2511.20347): a soft gate in place of the clip, mean of the completions' means.</summary>
    public static GrpoLossOptions Sapo { get; } = new()
    {
        Objective = PolicyObjective.Sapo,
        Normalization = LossNormalization.CompletionMean,
    };

    /// <summary>LUSPO: GSPO's ratio, each completion weighted by its length.</summary>
    public static GrpoLossOptions Luspo { get; } = Gspo with { Normalization = LossNormalization.CompletionSum };

    /// <summary>
    /// VESPO as in TRL: a smooth weight computed from the whole completion's ratio, mean over the tokens of the step.
    /// </summary>
    public static GrpoLossOptions Vespo { get; } = new()
    {
        Objective = PolicyObjective.Vespo,
    };

    /// <summary>
    /// GMPO (arXiv 2507.20673): the geometric mean of a completion's clipped token ratios, clip exp(−0.4) and exp(0.4), mean over the
    /// completions, no KL term.
    /// </summary>
    public static GrpoLossOptions Gmpo { get; } = new()
    {
        Objective = PolicyObjective.GeometricMean,
        Normalization = LossNormalization.CompletionMean,
        ClipLow = 0.4,
    };

    /// <summary>
    /// Clip-Cov (arXiv 2505.22617): 2e-4 of the tokens, drawn from those with a covariance between 1 and 5, give no gradient; clip 0.2, mean
    /// over the tokens of the step, no KL term.
    /// </summary>
    public static GrpoLossOptions ClipCov { get; } = new()
    {
        Objective = PolicyObjective.ClipCovariance,
    };

    /// <summary>
    /// KL-Cov (arXiv 2505.22617): the 2e-3 of the tokens with the largest covariance are held near the old policy, β 1; mean over the tokens
    /// of the step, no other KL term.
    /// </summary>
    public static GrpoLossOptions KlCov { get; } = new()
    {
        Objective = PolicyObjective.KlCovariance,
    };

    /// <summary>
    /// RLOO (arXiv 2402.14740) as in TRL: the clipped ratio of whole completions. The baseline excludes the row itself, see
    /// <see cref="AdvantageOptions.Rloo"/>. To subtract β × the KL divergence from the reward, pass it as penalties to
    /// <c>GroupAdvantages.Compute</c> in your own training loop; the trainers do not do this.
    /// </summary>
    public static GrpoLossOptions Rloo { get; } = new()
    {
        Normalization = LossNormalization.CompletionTerm,
        ImportanceSamplingLevel = ImportanceSamplingLevel.SequenceSum,
    };

    /// <summary>
    /// INTELLECT-2 (arXiv 2505.07291): two-sided clip with δ 4, β 0.001, mean over the tokens of the step.
    /// </summary>
    public static GrpoLossOptions Intellect2 { get; } = new()
    {
        RatioBound = 4.0,
        KlCoefficient = 0.001,
    };
}
