namespace MedR1.Training;

/// <summary>
/// Options of a GRPO run. The defaults are Med-R1's (those of its released scripts, and of TRL 0.14 for what they leave unset).
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
    /// Whether completions with advantage 0 skip the forward pass if they have no gradient (a loss without reference and entropies): the
    /// update is the same, and the time goes to groups that differ in reward. Entropy is then measured on the other completions only.
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool SkipCompletionsWithoutGradient { get; set; }

    /// <summary>Keeps sampling until the completions of every group differ in reward (DAPO, arXiv 2503.14476, section 3.2).</summary>
    /// <value>The default is <see langword="null"/>: each prompt is sampled once.</value>
    public DynamicSamplingOptions? DynamicSampling { get; set; }

    /// <summary>Reuses earlier groups that differ in reward, in place of groups whose completions all agree.</summary>
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

        // Turning these on or off is not a setting: it makes a different run.
        settings.AddParts(nameof(Replay), Replay);
        settings.AddParts(nameof(ReferenceSync), ReferenceSync);
        return settings;
    }

    internal GrpoTrainerOptions Copy() => (GrpoTrainerOptions)CopyAll();
}
