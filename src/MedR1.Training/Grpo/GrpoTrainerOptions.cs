namespace MedR1.Training;

/// <summary>
/// How a GRPO run goes. The defaults are Med-R1's (its released scripts and TRL 0.14's defaults behind them).
/// </summary>
public sealed class GrpoTrainerOptions : RolloutTrainerOptions
{
    /// <inheritdoc/>
    /// <value>The default is 4; a group needs at least 2 to compare.</value>
    public override int GroupSize { get; set; } = 4;

    /// <inheritdoc/>
    /// <value>The default is 1e-6.</value>
    public override double LearningRate { get; set; } = 1e-6;

    /// <inheritdoc/>
    /// <value>The default is linear to 0.</value>
    public override LearningRateDecay Schedule { get; set; } = LearningRateDecay.Linear;

    /// <inheritdoc/>
    /// <value>The default is 0.</value>
    public override double Warmup { get; set; }

    /// <summary>
    /// Whether completions whose advantage is 0 skip the forward pass where they have no gradient anyway (a loss
    /// without reference and entropies): the update is the same, and its time goes to the groups that disagree. Entropy
    /// is then measured on the others alone.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SkipCompletionsWithoutGradient { get; set; }

    /// <summary>
    /// Samples again until every group of a step disagrees (DAPO, arXiv 2503.14476, section 3.2).
    /// </summary>
    /// <value>The default is <see langword="null"/>: each prompt is sampled once.</value>
    public DynamicSamplingOptions? DynamicSampling { get; set; }

    /// <summary>Uses groups that taught something again, in place of groups that all agree.</summary>
    /// <value>The default is <see langword="null"/>: every group is used once.</value>
    public ReplayOptions? Replay { get; set; }

    /// <summary>Lets the reference follow the policy.</summary>
    /// <value>The default is <see langword="null"/>: the reference stays as it was at the start.</value>
    public ReferenceSyncOptions? ReferenceSync { get; set; }

    internal override IReadOnlyList<string> MayBeLeftOut => [.. base.MayBeLeftOut, nameof(SkipCompletionsWithoutGradient)];

    internal override Dictionary<string, string> Settings(int totalSteps)
    {
        Dictionary<string, string> settings = base.Settings(totalSteps);
        settings.AddParts(nameof(DynamicSampling), DynamicSampling, kind: RunSettings.On);

        // Whether there are such makes another run.
        settings.AddParts(nameof(Replay), Replay);
        settings.AddParts(nameof(ReferenceSync), ReferenceSync);
        return settings;
    }

    internal GrpoTrainerOptions Copy() => (GrpoTrainerOptions)CopyAll();
}
