namespace MedR1.Losses;

/// <summary>
/// Options of <see cref="PpoLoss"/>. The defaults are the paper's (arXiv 1707.06347): clip 0.2, equation 9 with c₁ 1, no entropy
/// bonus (as in its continuous-control experiments), and no clipping of values, which the paper does not use.
/// </summary>
public sealed record PpoLossOptions
{
    /// <summary>The usual settings for language models (TRL's PPO): values clipped to ±0.2, c₁ 0.1.</summary>
    public static PpoLossOptions LanguageModel { get; } = new()
    {
        ValueClip = 0.2,
        ValueCoefficient = 0.1,
    };

    /// <summary>
    /// The policy's part: clip, normalisation, entropy bonus (c₂), and the other options of <see cref="GrpoLoss"/>.
    /// </summary>
    /// <value>The default is the ratio clipped to 1 ± 0.2, mean over the tokens of the step.</value>
    public GrpoLossOptions Policy { get; init; } = new();

    /// <summary>c₁: the weight of the value head's loss.</summary>
    /// <value>The default is 1.</value>
    public double ValueCoefficient { get; init; } = 1.0;

    /// <summary>How far values may move from the values during sampling.</summary>
    /// <value>The default is <see langword="null"/>: no limit.</value>
    public double? ValueClip { get; init; }

    /// <summary>A description of every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        if (Policy is null)
        {
            return ["Policy is null: give options, or new GrpoLossOptions() for the defaults."];
        }

        List<string> problems = [.. Policy.Validate().Select(problem => "Policy." + problem)];
        if (!(double.IsFinite(ValueCoefficient) && ValueCoefficient >= 0))
        {
            problems.Add($"ValueCoefficient is {ValueCoefficient.ToText()}, expected a finite number of at least 0.");
        }

        if (ValueClip is double clip && !(double.IsFinite(clip) && clip > 0))
        {
            problems.Add($"ValueClip is {clip.ToText()}, expected a finite number above 0, or null for no clipping.");
        }

        if (Policy.Normalization == LossNormalization.CompletionTerm
            || Policy.Objective is PolicyObjective.Vespo or PolicyObjective.GeometricMean || Policy.OffPolicyMaskThreshold is not null)
        {
            problems.Add(
                "Policy works on whole completions (CompletionTerm, Vespo, GeometricMean or OffPolicyMaskThreshold), but PPO has an "
                + "advantage for each token: use ClippedSurrogate with StepTokens and no threshold.");
        }

        return problems;
    }
}
