namespace MedR1.Training;

/// <content>Decays other than the straight line and the plain cosine.</content>
public sealed partial class LearningRateSchedule
{
    /// <summary>A linear warm-up from 0, then half cosines that each fall from the full rate to 0.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up; the rate is 0 after them.</param>
    /// <param name="cycles">The number of falls.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative, or the number of falls is not finite.</exception>
    public static LearningRateSchedule CosineWithRestarts(long warmupSteps, long totalSteps, double cycles = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        RequireCycles(cycles);
        return AfterWarmup("cosine_with_restarts", warmupSteps, step =>
        {
            double progress = Progress(step, warmupSteps, totalSteps);
            return progress >= 1 ? 0 : Math.Max(0.0, 0.5 * (1.0 + Math.Cos(Math.PI * (cycles * progress % 1.0))));
        });
    }

    /// <summary>A linear warm-up from 0, then cosine waves between the full rate and a fraction of it.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up.</param>
    /// <param name="minLearningRateRatio">The lowest rate as a fraction of the full rate: <c>min_lr_rate</c>, or <c>min_lr</c> / rate.</param>
    /// <param name="cycles">The number of waves after the warm-up; half a wave falls once.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A count is negative, the ratio is not from 0 to 1, or the number of cycles is not finite.
    /// </exception>
    public static LearningRateSchedule CosineWithMinLearningRate(
        long warmupSteps, long totalSteps, double minLearningRateRatio, double cycles = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        RequireRatio(minLearningRateRatio, nameof(minLearningRateRatio));
        RequireCycles(cycles);
        return AfterWarmup("cosine_with_min_lr", warmupSteps, step =>
            Wave(Progress(step, warmupSteps, totalSteps), cycles, minLearningRateRatio));
    }

    /// <summary>
    /// Like <see cref="CosineWithMinLearningRate"/>, but no step has rate 0: the schedule is shifted one step earlier, and the warm-up begins at 1 /
    /// <paramref name="warmupSteps"/> or at a given ratio.
    /// </summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up.</param>
    /// <param name="minLearningRateRatio">The lowest rate after the warm-up as a fraction of the full rate.</param>
    /// <param name="warmupLearningRateRatio">
    /// The first step's rate as a fraction of the full rate; null for 1 / <paramref name="warmupSteps"/>.
    /// </param>
    /// <param name="cycles">The number of waves after the warm-up; half a wave falls once.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A count is negative, a ratio is not from 0 to 1, or the number of cycles is not finite.
    /// </exception>
    public static LearningRateSchedule CosineWarmupWithMinLearningRate(
        long warmupSteps, long totalSteps, double minLearningRateRatio, double? warmupLearningRateRatio = null, double cycles = 0.5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        RequireRatio(minLearningRateRatio, nameof(minLearningRateRatio));
        RequireRatio(warmupLearningRateRatio ?? 0, nameof(warmupLearningRateRatio));
        RequireCycles(cycles);
        return new LearningRateSchedule("cosine_warmup_with_min_lr", step => step >= warmupSteps
            ? Wave((step - warmupSteps + 1.0) / Math.Max(1, totalSteps - warmupSteps), cycles, minLearningRateRatio)
            : warmupLearningRateRatio is double first
                ? first + (1 - first) * step / Math.Max(1, warmupSteps - 1) : (step + 1.0) / warmupSteps);
    }

    /// <summary>A linear warm-up from 0, then a decay to a fraction of the full rate, following a power of the remaining part.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="totalSteps">The number of steps in the whole run, including the warm-up.</param>
    /// <param name="endLearningRateRatio">The rate at and after the end as a fraction of the full rate: <c>lr_end</c> / rate.</param>
    /// <param name="power">The power; 1 is a straight line.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A count is negative, the ratio is not from 0 to 1, or the power is negative or not finite.
    /// </exception>
    public static LearningRateSchedule Polynomial(
        long warmupSteps, long totalSteps, double endLearningRateRatio, double power = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        RequireRatio(endLearningRateRatio, nameof(endLearningRateRatio));
        if (!(power >= 0 && double.IsFinite(power)))
        {
            throw new ArgumentOutOfRangeException(nameof(power), power, "Expected a finite number of at least 0.");
        }

        return AfterWarmup("polynomial", warmupSteps, step => step > totalSteps
            ? endLearningRateRatio
            : (1 - endLearningRateRatio) * Math.Pow(1 - Progress(step, warmupSteps, totalSteps), power) + endLearningRateRatio);
    }

    /// <summary>A linear warm-up from 0, then a decay with one over the square root of the steps, without an end.</summary>
    /// <param name="warmupSteps">The number of warm-up steps.</param>
    /// <param name="timescale">
    /// The rate is halved after three times as many steps past the warm-up; null for the number of warm-up steps, or 10,000 without one.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The steps are negative, or the time scale is below 1.</exception>
    public static LearningRateSchedule InverseSquareRoot(long warmupSteps, long? timescale = null)
    {
        double scale = timescale ?? (warmupSteps == 0 ? 10_000 : warmupSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(timescale ?? 1, 1, nameof(timescale));
        return AfterWarmup("inverse_sqrt", warmupSteps, step => 1 / Math.Sqrt((step - warmupSteps + scale) / scale));
    }
}
