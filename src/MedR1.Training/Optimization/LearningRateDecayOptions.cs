namespace MedR1.Training;

/// <summary>
/// The parameters of a <see cref="LearningRateDecay"/> that takes any; the defaults are those of transformers where it has any. A parameter
/// that the decay does not use must keep its default.
/// </summary>
public sealed record LearningRateDecayOptions
{
    /// <summary>
    /// The number of cosine waves after the warm-up, or of falls from the full rate for <see cref="LearningRateDecay.CosineWithRestarts"/>.
    /// </summary>
    /// <value>
    /// The default is <see langword="null"/>: half a wave, which falls once; or one fall for
    /// <see cref="LearningRateDecay.CosineWithRestarts"/>.
    /// </value>
    public double? Cycles { get; init; }

    /// <summary>The lowest rate as a fraction of the full rate.</summary>
    /// <value>The default is 0.</value>
    public double MinLearningRateRatio { get; init; }

    /// <summary>
    /// The first step's rate as a fraction of the full rate, for <see cref="LearningRateDecay.CosineWarmupWithMinLearningRate"/>.
    /// </summary>
    /// <value>The default is <see langword="null"/>: 1 / the number of warm-up steps.</value>
    public double? WarmupLearningRateRatio { get; init; }

    /// <summary>The power of <see cref="LearningRateDecay.Polynomial"/>; 1 is a straight line.</summary>
    /// <value>The default is 1.</value>
    public double Power { get; init; } = 1;

    /// <summary>
    /// The time scale of <see cref="LearningRateDecay.InverseSquareRoot"/>: the rate is halved after three times as many steps past the
    /// warm-up.
    /// </summary>
    /// <value>The default is <see langword="null"/>: the number of warm-up steps, or 10,000 without a warm-up.</value>
    public long? Timescale { get; init; }

    /// <summary>
    /// The steps over which <see cref="LearningRateDecay.WarmupStableDecay"/> falls at the end of the run; below 1, a fraction of all steps.
    /// </summary>
    /// <value>The default is 0.1, as in MiniCPM (arXiv 2404.06395).</value>
    public double DecaySteps { get; init; } = 0.1;

    /// <summary>The curve of the warm-up in <see cref="LearningRateDecay.WarmupStableDecay"/>.</summary>
    /// <value>The default is <see cref="RateCurve.Linear"/>.</value>
    public RateCurve WarmupCurve { get; init; } = RateCurve.Linear;

    /// <summary>The curve of the decay in <see cref="LearningRateDecay.WarmupStableDecay"/>.</summary>
    /// <value>The default is <see cref="RateCurve.Cosine"/>.</value>
    public RateCurve DecayCurve { get; init; } = RateCurve.Cosine;

    /// <summary>Describes every mistake in these options; empty if there is none.</summary>
    /// <param name="decay">The decay that the options are for.</param>
    public IReadOnlyList<string> Validate(LearningRateDecay decay)
    {
        List<string> problems = [];
        Expect(Cycles is null || double.IsFinite(Cycles.Value), nameof(Cycles), Cycles, "a finite number, or null");
        Expect(
            MinLearningRateRatio is >= 0 and <= 1, nameof(MinLearningRateRatio), MinLearningRateRatio,
            "a fraction of the full rate, from 0 to 1");
        Expect(
            WarmupLearningRateRatio is null or (>= 0 and <= 1), nameof(WarmupLearningRateRatio), WarmupLearningRateRatio,
            "a fraction of the full rate, from 0 to 1, or null");
        Expect(Power >= 0 && double.IsFinite(Power), nameof(Power), Power, "a finite number of at least 0");
        Expect(Timescale is null or >= 1, nameof(Timescale), Timescale, "at least 1, or null");
        Expect(DecaySteps >= 0 && double.IsFinite(DecaySteps), nameof(DecaySteps), DecaySteps, "a finite number of at least 0");
        Expect(Enum.IsDefined(WarmupCurve), nameof(WarmupCurve), WarmupCurve, "a defined curve");
        Expect(Enum.IsDefined(DecayCurve), nameof(DecayCurve), DecayCurve, "a defined curve");

        // Whoever sets a parameter expects it to have an effect.
        string[] used = [.. LearningRateDecays.PartsOf(decay)];
        LearningRateDecayOptions plain = new();
        foreach ((string name, Func<LearningRateDecayOptions, object?> part) in LearningRateDecays.Parts)
        {
            Expect(
                used.Contains(name) || Equals(part(this), part(plain)), name, part(this),
                FormattableString.Invariant($"its default {part(plain) ?? "null"}, since the schedule {decay} doesn't use it"));
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
