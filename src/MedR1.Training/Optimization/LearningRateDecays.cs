namespace MedR1.Training;

/// <summary>The schedule of each <see cref="LearningRateDecay"/>, and the parameters that it uses.</summary>
internal static class LearningRateDecays
{
    private const double FallsOnce = 0.5;

    /// <summary>All parameters by name.</summary>
    public static IReadOnlyDictionary<string, Func<LearningRateDecayOptions, object?>> Parts { get; } =
        new Dictionary<string, Func<LearningRateDecayOptions, object?>>
        {
            [nameof(LearningRateDecayOptions.Cycles)] = options => options.Cycles,
            [nameof(LearningRateDecayOptions.MinLearningRateRatio)] = options => options.MinLearningRateRatio,
            [nameof(LearningRateDecayOptions.WarmupLearningRateRatio)] = options => options.WarmupLearningRateRatio,
            [nameof(LearningRateDecayOptions.Power)] = options => options.Power,
            [nameof(LearningRateDecayOptions.Timescale)] = options => options.Timescale,
            [nameof(LearningRateDecayOptions.DecaySteps)] = options => options.DecaySteps,
            [nameof(LearningRateDecayOptions.WarmupCurve)] = options => options.WarmupCurve,
            [nameof(LearningRateDecayOptions.DecayCurve)] = options => options.DecayCurve,
        };

    /// <summary>The names of the parameters that a decay uses.</summary>
    public static IReadOnlyList<string> PartsOf(LearningRateDecay decay) => decay switch
    {
        LearningRateDecay.Cosine or LearningRateDecay.CosineWithRestarts => [nameof(LearningRateDecayOptions.Cycles)],
        LearningRateDecay.CosineWithMinLearningRate =>
            [nameof(LearningRateDecayOptions.MinLearningRateRatio), nameof(LearningRateDecayOptions.Cycles)],
        LearningRateDecay.CosineWarmupWithMinLearningRate =>
        [
            nameof(LearningRateDecayOptions.MinLearningRateRatio), nameof(LearningRateDecayOptions.WarmupLearningRateRatio),
            nameof(LearningRateDecayOptions.Cycles),
        ],
        LearningRateDecay.Polynomial =>
            [nameof(LearningRateDecayOptions.MinLearningRateRatio), nameof(LearningRateDecayOptions.Power)],
        LearningRateDecay.InverseSquareRoot => [nameof(LearningRateDecayOptions.Timescale)],
        LearningRateDecay.WarmupStableDecay =>
        [
            nameof(LearningRateDecayOptions.DecaySteps), nameof(LearningRateDecayOptions.WarmupCurve),
            nameof(LearningRateDecayOptions.DecayCurve), nameof(LearningRateDecayOptions.MinLearningRateRatio),
            nameof(LearningRateDecayOptions.Cycles),
        ],
        _ => [],
    };

    /// <summary>Whether the rates depend on the total number of steps.</summary>
    public static bool HasEnd(LearningRateDecay decay) =>
        decay is not (LearningRateDecay.Constant or LearningRateDecay.InverseSquareRoot);

    /// <summary>A number of steps, given as such or as a fraction of all steps, which is rounded up.</summary>
    public static long StepsOf(double steps, int totalSteps) => (long)(steps < 1 ? Math.Ceiling(steps * totalSteps) : steps);

    /// <summary>Creates the schedule.</summary>
    public static LearningRateSchedule Make(LearningRateDecay decay, LearningRateDecayOptions options, long warmup, int totalSteps)
    {
        double cycles = options.Cycles ?? FallsOnce;
        return decay switch
        {
            LearningRateDecay.Linear => LearningRateSchedule.Linear(warmup, totalSteps),
            LearningRateDecay.Cosine => LearningRateSchedule.Cosine(warmup, totalSteps, cycles),
            LearningRateDecay.CosineWithRestarts =>
                LearningRateSchedule.CosineWithRestarts(warmup, totalSteps, options.Cycles ?? 1),
            LearningRateDecay.CosineWithMinLearningRate =>
                LearningRateSchedule.CosineWithMinLearningRate(warmup, totalSteps, options.MinLearningRateRatio, cycles),
            LearningRateDecay.CosineWarmupWithMinLearningRate => LearningRateSchedule.CosineWarmupWithMinLearningRate(
                warmup, totalSteps, options.MinLearningRateRatio, options.WarmupLearningRateRatio, cycles),
            LearningRateDecay.Polynomial =>
                LearningRateSchedule.Polynomial(warmup, totalSteps, options.MinLearningRateRatio, options.Power),
            LearningRateDecay.InverseSquareRoot => LearningRateSchedule.InverseSquareRoot(warmup, options.Timescale),
            LearningRateDecay.WarmupStableDecay => MakeStages(options, warmup, totalSteps, cycles),
            _ => LearningRateSchedule.ConstantWithWarmup(warmup),
        };
    }

    // If the steps after the warm-up are fewer than the decay needs, the decay takes all of them.
    private static LearningRateSchedule MakeStages(LearningRateDecayOptions options, long warmup, int totalSteps, double cycles)
    {
        long left = Math.Max(0, totalSteps - warmup);
        long decay = Math.Min(left, StepsOf(options.DecaySteps, totalSteps));
        return LearningRateSchedule.WarmupStableDecay(
            warmup, left - decay, decay, options.WarmupCurve, options.DecayCurve, options.MinLearningRateRatio, cycles);
    }
}
