namespace MedR1.Training;

/// <content>The schedule with three stages.</content>
public sealed partial class LearningRateSchedule
{
    /// <summary>
    /// A warm-up from the lowest rate, a stretch at the full rate, then a decay to the lowest rate, which then stays:
    /// <c>warmup_stable_decay</c> (MiniCPM, arXiv 2404.06395, section 4).
    /// </summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="stableSteps">The number of steps at the full rate: those of the run without warm-up and decay.</param>
    /// <param name="decaySteps">The number of steps of the decay.</param>
    /// <param name="warmupCurve">The curve of the warm-up.</param>
    /// <param name="decayCurve">The curve of the decay.</param>
    /// <param name="minLearningRateRatio">The lowest rate as a fraction of the full rate.</param>
    /// <param name="cycles">The number of waves of a <see cref="RateCurve.Cosine"/> decay; half a wave falls once.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A count is negative, a curve is unknown, the ratio is not from 0 to 1, or the number of cycles is not finite.
    /// </exception>
    public static LearningRateSchedule WarmupStableDecay(
        long warmupSteps,
        long stableSteps,
        long decaySteps,
        RateCurve warmupCurve = RateCurve.Linear,
        RateCurve decayCurve = RateCurve.Cosine,
        double minLearningRateRatio = 0,
        double cycles = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(stableSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(decaySteps);
        RequireRatio(minLearningRateRatio, nameof(minLearningRateRatio));
        RequireCycles(cycles);
        RequireCurve(warmupCurve, nameof(warmupCurve));
        RequireCurve(decayCurve, nameof(decayCurve));
        long decayFrom = warmupSteps + stableSteps;
        return new LearningRateSchedule("warmup_stable_decay", step =>
        {
            if (step < warmupSteps)
            {
                return Above(minLearningRateRatio, Warmup(warmupCurve, (double)step / warmupSteps));
            }

            return step < decayFrom ? 1
                : step < decayFrom + decaySteps
                    ? Above(minLearningRateRatio, Decay(decayCurve, (double)(step - decayFrom) / decaySteps, cycles))
                    : minLearningRateRatio;
        });
    }

    private static double Above(double minLearningRateRatio, double factor) =>
        Math.Max(0.0, factor * (1 - minLearningRateRatio) + minLearningRateRatio);

    private static double Warmup(RateCurve curve, double progress) => curve switch
    {
        RateCurve.Linear => progress,
        RateCurve.Cosine => 0.5 * (1.0 - Math.Cos(Math.PI * progress)),
        _ => 1 - Math.Sqrt(1 - progress),
    };

    private static double Decay(RateCurve curve, double progress, double cycles) => curve switch
    {
        RateCurve.Linear => 1 - progress,
        RateCurve.Cosine => 0.5 * (1.0 + Math.Cos(Math.PI * cycles * 2.0 * progress)),
        _ => 1 - Math.Sqrt(progress),
    };

    private static void RequireCurve(RateCurve curve, string name)
    {
        if (!Enum.IsDefined(curve))
        {
            throw new ArgumentOutOfRangeException(
                name, curve, $"Expected one of {string.Join(", ", Enum.GetNames<RateCurve>())}.");
        }
    }
}
