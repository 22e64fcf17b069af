namespace MedR1.Losses;

/// <summary>How rewards become advantages. The defaults are GRPO's.</summary>
public sealed record AdvantageOptions
{
    /// <summary>GRPO (DeepSeekMath, Med-R1): difference from the group's mean, divided by the group's standard deviation.</summary>
    public static AdvantageOptions Grpo { get; } = new();

    /// <summary>Dr. GRPO (arXiv 2503.20783): difference from the group's mean.</summary>
    public static AdvantageOptions DrGrpo { get; } = new() { Scale = AdvantageScale.None };

    /// <summary>RLOO (arXiv 2402.14740): difference from the mean of the group's other rows.</summary>
    public static AdvantageOptions Rloo { get; } = new()
    {
        Baseline = AdvantageBaseline.LeaveOneOut,
        Scale = AdvantageScale.None,
    };

    /// <summary>
    /// MaxRL (arXiv 2602.02710): difference from the group's mean, divided by that mean. A question that is rarely answered
    /// correctly weighs more than one that is mostly answered correctly, so that the policy does not abandon an answer for one that
    /// is correct more often.
    /// </summary>
    public static AdvantageOptions MaxRl { get; } = new() { Scale = AdvantageScale.GroupMean };

    /// <summary>GDPO: each reward normalised separately.</summary>
    public static AdvantageOptions Gdpo { get; } = new() { Aggregation = RewardAggregation.NormalizeThenSum };

    /// <summary>What a reward is compared with.</summary>
    /// <value>The default is <see cref="AdvantageBaseline.GroupMean"/>.</value>
    public AdvantageBaseline Baseline { get; init; } = AdvantageBaseline.GroupMean;

    /// <summary>What the difference is divided by; ignored under <see cref="RewardAggregation.NormalizeThenSum"/>.</summary>
    /// <value>The default is <see cref="AdvantageScale.Group"/>.</value>
    public AdvantageScale Scale { get; init; } = AdvantageScale.Group;

    /// <summary>The order in which rewards are added and normalised.</summary>
    /// <value>The default is <see cref="RewardAggregation.SumThenNormalize"/>.</value>
    public RewardAggregation Aggregation { get; init; } = RewardAggregation.SumThenNormalize;

    /// <summary>
    /// Whether to use the population's standard deviation (divided by n) instead of the sample's (divided by n − 1).
    /// </summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool UsePopulationStandardDeviation { get; init; }

    /// <summary>Added to a deviation or mean before dividing by it.</summary>
    /// <value>The default is 1e-4.</value>
    public double Epsilon { get; init; } = 1e-4;

    /// <summary>The range that weighted sums are clamped to, before penalties.</summary>
    /// <value>The default is <see langword="null"/>: not clamped.</value>
    public RewardRange? RewardRange { get; init; }

    /// <summary>A description of every mistake in these options; empty if there is none.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> problems = [];
        if (!Enum.IsDefined(Baseline))
        {
            problems.Add(
                $"Baseline is {Baseline}, expected one of {string.Join(", ", Enum.GetNames<AdvantageBaseline>())}.");
        }

        if (!Enum.IsDefined(Scale))
        {
            problems.Add($"Scale is {Scale}, expected one of {string.Join(", ", Enum.GetNames<AdvantageScale>())}.");
        }

        if (!Enum.IsDefined(Aggregation))
        {
            problems.Add(
                $"Aggregation is {Aggregation}, expected one of "
                + $"{string.Join(", ", Enum.GetNames<RewardAggregation>())}.");
        }

        if (!(double.IsFinite(Epsilon) && Epsilon >= 0))
        {
            problems.Add($"Epsilon is {Epsilon.ToText()}, expected a finite number of at least 0.");
        }

        if (RewardRange is not null
            && (!(RewardRange.Minimum <= RewardRange.Maximum)
                || double.IsPositiveInfinity(RewardRange.Minimum) || double.IsNegativeInfinity(RewardRange.Maximum)))
        {
            problems.Add(
                $"RewardRange is {RewardRange.Minimum.ToText()} to {RewardRange.Maximum.ToText()}: "
                + "the minimum must not be above the maximum, and an infinite side leaves that side open: -∞ below, ∞ above.");
        }

        if (Aggregation == RewardAggregation.NormalizeThenSum && Baseline != AdvantageBaseline.GroupMean)
        {
            problems.Add(
                $"Baseline is {Baseline}, but NormalizeThenSum subtracts group means: set Baseline to GroupMean.");
        }

        if (Aggregation == RewardAggregation.NormalizeThenSum && RewardRange is not null)
        {
            problems.Add("RewardRange is set, but NormalizeThenSum has no sum of raw rewards: set it to null.");
        }

        return problems;
    }
}
