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
            [nameof(LearningRateDecayOptions.MinimumShare)] = options => options.MinimumShare,
            [nameof(LearningRateDecayOptions.FirstShare)] = options => options.FirstShare,
            [nameof(LearningRateDecayOptions.Power)] = options => options.Power,
            [nameof(LearningRateDecayOptions.Timescale)] = options => options.Timescale,
            [nameof(LearningRateDecayOptions.FallSteps)] = options => options.FallSteps,
            [nameof(LearningRateDecayOptions.Rise)] = options => options.Rise,
            [nameof(LearningRateDecayOptions.Fall)] = options => options.Fall,
        };

    /// <summary>The names of the parameters that a decay uses.</summary>
    public static IReadOnlyList<string> PartsOf(LearningRateDecay decay) => decay switch
    {
        LearningRateDecay.Cosine or LearningRateDecay.CosineWithRestarts => [nameof(LearningRateDecayOptions.Cycles)],
        LearningRateDecay.CosineWithMinimum =>
            [nameof(LearningRateDecayOptions.MinimumShare), nameof(LearningRateDecayOptions.Cycles)],
        LearningRateDecay.CosineWarmupWithMinimum =>
        [
            nameof(LearningRateDecayOptions.MinimumShare), nameof(LearningRateDecayOptions.FirstShare),
            nameof(LearningRateDecayOptions.Cycles),
        ],
        LearningRateDecay.Polynomial =>
            [nameof(LearningRateDecayOptions.MinimumShare), nameof(LearningRateDecayOptions.Power)],
        LearningRateDecay.InverseSquareRoot => [nameof(LearningRateDecayOptions.Timescale)],
        LearningRateDecay.WarmupStableDecay =>
        [
            nameof(LearningRateDecayOptions.FallSteps), nameof(LearningRateDecayOptions.Rise),
            nameof(LearningRateDecayOptions.Fall), nameof(LearningRateDecayOptions.MinimumShare),
            nameof(LearningRateDecayOptions.Cycles),
        ],
        _ => [],
    };

    /// <summary>Whether the rates depend on the total number of steps.</summary>
    public static bool HasEnd(LearningRateDecay decay) =>
        decay is not (LearningRateDecay.Constant or LearningRateDecay.InverseSquareRoot);

    /// <summary>A number of steps, given as such or as a share of all steps, which is rounded up.</summary>
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
            LearningRateDecay.CosineWithMinimum =>
                LearningRateSchedule.CosineWithMinimum(warmup, totalSteps, options.MinimumShare, cycles),
            LearningRateDecay.CosineWarmupWithMinimum => LearningRateSchedule.CosineWarmupWithMinimum(
                warmup, totalSteps, options.MinimumShare, options.FirstShare, cycles),
            LearningRateDecay.Polynomial =>
                LearningRateSchedule.Polynomial(warmup, totalSteps, options.MinimumShare, options.Power),
            LearningRateDecay.InverseSquareRoot => LearningRateSchedule.InverseSquareRoot(warmup, options.Timescale),
            LearningRateDecay.WarmupStableDecay => MakeStages(options, warmup, totalSteps, cycles),
            _ => LearningRateSchedule.ConstantWithWarmup(warmup),
        };
    }

    // If the steps after the warm-up are fewer than the fall needs, the fall takes all of them.
    private static LearningRateSchedule MakeStages(LearningRateDecayOptions options, long warmup, int totalSteps, double cycles)
    {
        long left = Math.Max(0, totalSteps - warmup);
        long fall = Math.Min(left, StepsOf(options.FallSteps, totalSteps));
        return LearningRateSchedule.WarmupStableDecay(
            warmup, left - fall, fall, options.Rise, options.Fall, options.MinimumShare, cycles);
    }
}
