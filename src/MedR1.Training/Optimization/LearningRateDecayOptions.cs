namespace MedR1.Training;

/// <summary>
/// The numbers of a <see cref="LearningRateDecay"/> that has some; the defaults are those of transformers where it has any. One that the
/// decay does not have must keep its default.
/// </summary>
public sealed record LearningRateDecayOptions
{
    /// <summary>
    /// The number of waves after the warm-up, or of falls from the full rate for <see cref="LearningRateDecay.CosineWithRestarts"/>.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: one half, which falls once; or one fall for
    /// <see cref="LearningRateDecay.CosineWithRestarts"/>.
    /// </value>
    public double? Cycles { get; init; }

    /// <summary>The lowest rate as a share of the full rate.</summary>
    /// <value>The default is 0.</value>
    public double MinimumShare { get; init; }

    /// <summary>
    /// The first step's rate as a share of the full rate, for <see cref="LearningRateDecay.CosineWarmupWithMinimum"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: one part of the warm-up.</value>
    public double? FirstShare { get; init; }

    /// <summary>The power of <see cref="LearningRateDecay.Polynomial"/>; 1 is a straight line.</summary>
    /// <value>The default is 1.</value>
    public double Power { get; init; } = 1;

    /// <summary>
    /// The time scale of <see cref="LearningRateDecay.InverseSquareRoot"/>: three times as many steps after the warm-up the rate is a half.
    /// </summary>
    /// <value>The default is <see langword="null"/>: as many steps as the warm-up has, or 10,000 without one.</value>
    public long? Timescale { get; init; }

    /// <summary>
    /// The steps over which <see cref="LearningRateDecay.WarmupStableDecay"/> falls at the end of the run; below 1, a fraction of all steps.
    /// </summary>
    /// <value>The default is 0.1, the tenth of MiniCPM (arXiv 2404.06395).</value>
    public double FallSteps { get; init; } = 0.1;

    /// <summary>The curve of the rise in <see cref="LearningRateDecay.WarmupStableDecay"/>.</summary>
    /// <value>The default is <see cref="RateCurve.Linear"/>.</value>
    public RateCurve Rise { get; init; } = RateCurve.Linear;

    /// <summary>The curve of the fall in <see cref="LearningRateDecay.WarmupStableDecay"/>.</summary>
    /// <value>The default is <see cref="RateCurve.Cosine"/>.</value>
    public RateCurve Fall { get; init; } = RateCurve.Cosine;

    /// <summary>Every mistake in these options, in words; empty if there is none.</summary>
    /// <param name="decay">The decay that they are for.</param>
    public IReadOnlyList<string> Validate(LearningRateDecay decay)
    {
        List<string> problems = [];
        Expect(Cycles is null || double.IsFinite(Cycles.Value), nameof(Cycles), Cycles, "a finite number, or null");
        Expect(MinimumShare is >= 0 and <= 1, nameof(MinimumShare), MinimumShare, "a share of the full rate, from 0 to 1");
        Expect(FirstShare is null or (>= 0 and <= 1), nameof(FirstShare), FirstShare, "a share of the full rate, from 0 to 1, or null");
        Expect(Power >= 0 && double.IsFinite(Power), nameof(Power), Power, "a finite number of at least 0");
        Expect(Timescale is null or >= 1, nameof(Timescale), Timescale, "at least 1, or null");
        Expect(FallSteps >= 0 && double.IsFinite(FallSteps), nameof(FallSteps), FallSteps, "a finite number of at least 0");
        Expect(Enum.IsDefined(Rise), nameof(Rise), Rise, "a known curve");
        Expect(Enum.IsDefined(Fall), nameof(Fall), Fall, "a known curve");

        // Whoever sets one expects that it does something.
        string[] used = [.. LearningRateDecays.PartsOf(decay)];
        LearningRateDecayOptions plain = new();
        foreach ((string name, Func<LearningRateDecayOptions, object?> part) in LearningRateDecays.Parts)
        {
            Expect(
                used.Contains(name) || Equals(part(this), part(plain)), name, part(this),
                $"its default {part(plain) ?? "null"}, since the schedule {decay} has none");
        }

        return problems;

        void Expect(bool holds, string name, object? value, string expected)
        {
            if (!holds)
            {
                problems.Add(FormattableString.Invariant($"{name} is {value ?? "null"}, expected {expected}."));
            }
        }
    }
}
